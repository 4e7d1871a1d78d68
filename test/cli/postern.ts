// Owns running the program itself, as a user would.
import { fileURLToPath } from 'node:url';
import { type Finished, type RunOptions, run } from '../helpers/process.ts';

export const mainFile = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Runs `postern` with these arguments to its end. */
export function postern(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  // Colours and debug settings of the machine that tests must not decide what is printed.
  const env = { NO_COLOR: '1', NODE_OPTIONS: '', ...options.env };
  return run(process.execPath, [mainFile, ...args], { ...options, env });
}

/** Nothing a user should ever see. */
export const stackTrace = /^\s+at .+:\d+:\d+\)?$/m;
