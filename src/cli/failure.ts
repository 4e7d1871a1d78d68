// Owns how a failure ends the program: lines for a person and an exit code, never a stack.
import { WorkerFailure } from '../app/workers/worker-failure.ts';
import { AppError, explain } from '../base/errors.ts';
import { ConfigError, formatProblem } from '../config/problem.ts';

export const exitCodes = { failure: 1, configuration: 2 } as const;

export interface Ending {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** A failure that a command explains in words of its own. */
export class CliError extends AppError {
  readonly ending: Ending;

  constructor(lines: readonly string[], exitCode: number = exitCodes.failure) {
    super('CLI', { fault: 'config', publicText: lines.join(' ') });
    this.ending = { lines, exitCode };
  }
}

export function endingOf(error: unknown): Ending {
  if (error instanceof CliError || error instanceof WorkerFailure) return error.ending;
  if (error instanceof ConfigError) {
    return { lines: error.problems.map(formatProblem), exitCode: exitCodes.configuration };
  }
  const text = explainSystemError(error) ?? explain(error);
  return { lines: [`postern: ${text}`], exitCode: exitCodes.failure };
}

interface SystemError {
  readonly code: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly path: string | undefined;
}

function explainSystemError(error: unknown): string | undefined {
  const found = findSystemError(error);
  if (found === undefined) return undefined;
  const { code, address, port, path } = found;
  if (port !== undefined) {
    const socket = `${address ?? ''} port ${port}`.trim();
    switch (code) {
      case 'EADDRINUSE':
        return `cannot listen on ${socket}: another program already does`;
      case 'EACCES':
        return `cannot listen on ${socket}: ports below 1024 need the privilege CAP_NET_BIND_SERVICE`;
      case 'EADDRNOTAVAIL':
        return `cannot listen on ${socket}: this machine does not have that address`;
      case 'EAFNOSUPPORT':
        return `cannot listen on ${socket}: this machine does not support that kind of address`;
      default:
        return undefined;
    }
  }
  if (path === undefined) return undefined;
  switch (code) {
    case 'ENOENT':
      return `no such file or folder: ${path}`;
    case 'EACCES':
    case 'EPERM':
      return `no permission for ${path}`;
    case 'ENOSPC':
      return `no space left for ${path}`;
    case 'EROFS':
      return `cannot write ${path}: the file system is read-only`;
    default:
      return undefined;
  }
}

/** The error of the operating system at the bottom of a chain of causes. */
function findSystemError(error: unknown): SystemError | undefined {
  let current = error;
  for (let depth = 0; current instanceof Error && depth < 10; depth++) {
    if ('syscall' in current && 'code' in current && typeof current.code === 'string') {
      return {
        code: current.code,
        address:
          'address' in current && typeof current.address === 'string' ? current.address : undefined,
        port: 'port' in current && typeof current.port === 'number' ? current.port : undefined,
        path: 'path' in current && typeof current.path === 'string' ? current.path : undefined,
      };
    }
    current = current.cause;
  }
  return undefined;
}
