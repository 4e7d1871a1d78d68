// Owns one run of a program: octets in, octets out, and an end in all cases, with nothing of its
// process group left behind. It never decides what an exit code means.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Clock, Timer } from '#plugin-api';

export interface Run {
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly clock: Clock;
  /** Ends the program; `runProgram` then rejects with its reason. */
  readonly signal: AbortSignal;
}

export type ProgramEnd =
  /** `complaint` is the start of what it wrote to stderr. */
  | {
      readonly kind: 'exited';
      readonly code: number;
      readonly output: Buffer;
      readonly complaint: string;
    }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'late' }
  | { readonly kind: 'overlong' };

type StopReason = 'late' | 'overlong' | 'aborted' | 'input' | 'over';

/** From SIGTERM to SIGKILL. */
const graceMs = 1000;
const maxComplaintBytes = 1024;

/**
 * Rejects when the program cannot be started, with the reason of an abort, and with the error of
 * `input`. A program that ends without having read its input is none of these.
 */
export async function runProgram(run: Run, input: AsyncIterable<Buffer>): Promise<ProgramEnd> {
  const { signal, clock } = run;
  signal.throwIfAborted();
  const [file, ...args] = run.argv;
  const child = spawn(file, args, {
    cwd: run.folder,
    env: run.environment,
    // A group of its own, so that its children can be ended with it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closing = closed(child);
  // Where there is no room for the pipes (EMFILE), there is no process, and no streams either.
  if (child.pid === undefined) await closing;
  let stopped: StopReason | undefined;
  let hasExited = false;
  let inputError: unknown;
  let kill: Timer | undefined;
  const stop = (reason: StopReason): void => {
    if (stopped !== undefined) return;
    stopped = reason;
    // Its group has been killed, and the number of the process may be another's by now.
    if (hasExited) {
      destroyPipes(child);
      return;
    }
    signalGroup(child, 'SIGTERM');
    kill = clock.after(graceMs, () => endForGood(child));
  };
  const patience = new Patience(clock, run.timeoutMs, () => stop('late'));
  const onAbort = (): void => stop('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  const output = collect(child.stdout, run.maxOutputBytes, () => stop('overlong'));
  const complaint = collect(child.stderr, maxComplaintBytes);
  // Not awaited: the program may end while octets of the message are still on their way.
  feed(child.stdin, input, patience).catch((error: unknown) => {
    inputError = error;
    stop('input');
  });
  // Whoever is left of the group has lost the program that it worked for.
  child.once('exit', () => {
    signalGroup(child, 'SIGKILL');
    hasExited = true;
    kill?.cancel();
    if (stopped === undefined) patience.start();
    else destroyPipes(child);
  });
  try {
    const { code, signal: death } = await closing;
    if (stopped === 'aborted') throw signal.reason;
    if (stopped === 'input') throw inputError;
    if (stopped === 'late' || stopped === 'overlong') return { kind: stopped };
    if (code === null) return { kind: 'killed', signal: death ?? 'unknown' };
    return { kind: 'exited', code, output: output(), complaint: complaint().toString() };
  } finally {
    // The number of the process may be another's from now on, while the message still arrives.
    stopped ??= 'over';
    signal.removeEventListener('abort', onAbort);
    patience.end();
    kill?.cancel();
  }
}

/** Time in which the program is the one waited for; while the message is slow to arrive it stands still. */
class Patience {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onEnd: () => void;
  #timer: Timer | undefined;
  #state: 'open' | 'over' = 'open';

  constructor(clock: Clock, limitMs: number, onEnd: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onEnd = onEnd;
  }

  start(): void {
    if (this.#state === 'over') return;
    this.#timer ??= this.#clock.after(this.#limitMs, this.#onEnd);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  end(): void {
    this.#state = 'over';
    this.stop();
  }
}

/** Writes with back-pressure until all is written or the program does not want any more. */
async function feed(
  stdin: Writable,
  input: AsyncIterable<Buffer>,
  patience: Patience,
): Promise<void> {
  // EPIPE: a program may know enough before the end.
  stdin.on('error', () => {});
  for await (const piece of input) {
    patience.start();
    if (!(await isWritten(stdin, piece))) return;
    patience.stop();
  }
  patience.start();
  stdin.end();
}

function isWritten(stdin: Writable, piece: Buffer): Promise<boolean> {
  if (!stdin.writable) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  // The callback and not 'drain', which never comes on a pipe that broke.
  stdin.write(piece, (error) => resolve(!error));
  return promise;
}

/** Keeps the first `maxBytes`; what comes behind them is read and dropped. */
function collect(
  stream: Readable,
  maxBytes: number,
  onOverflow: () => void = () => {},
): () => Buffer {
  const pieces: Buffer[] = [];
  let octets = 0;
  stream.on('error', () => {});
  stream.on('data', (piece: Buffer) => {
    if (octets < maxBytes) pieces.push(piece.subarray(0, maxBytes - octets));
    octets += piece.length;
    if (octets > maxBytes) onOverflow();
  });
  return () => Buffer.concat(pieces);
}

interface Closed {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** 'close' and not 'exit': only then is all output read. */
function closed(child: ChildProcess): Promise<Closed> {
  const { promise, resolve, reject } = Promise.withResolvers<Closed>();
  child.once('error', (error) => {
    if (child.pid === undefined) reject(error);
  });
  child.once('close', (code, signal) => resolve({ code, signal }));
  return promise;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: nobody of the group is left.
  }
}

function endForGood(child: ChildProcess): void {
  signalGroup(child, 'SIGKILL');
  destroyPipes(child);
}

/** A process that left the group could hold them open for ever. */
function destroyPipes(child: ChildProcess): void {
  for (const stream of child.stdio) stream?.destroy();
}
