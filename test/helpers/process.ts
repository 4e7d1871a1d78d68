// Owns what tests start and leave behind: child processes, free ports, temporary folders, waiting.
// Everything here ends with the test process; nothing is ever killed that was not started here.
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface StartOptions {
  /** Another user to run as; only root can. */
  readonly identity?: Identity;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface RunOptions extends StartOptions {
  /** A program that runs longer is killed and the promise rejects. */
  readonly limitMs?: number;
}

export interface Exit {
  /** Undefined when a signal ended the process. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

export interface Finished extends Exit {
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface Child {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** What it has written to stdout and stderr so far. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
}

const running = new Set<ChildProcess>();
const folders = new Set<string>();

process.on('exit', () => {
  for (const child of running) {
    if (child.pid !== undefined) killTree(child.pid);
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A long-running program. Killed, with all its children, when the test process ends. */
export async function start(
  command: string,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Child> {
  const child = launch(command, args, options);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exited = exitOf(child);
  exited.catch(() => {});
  await Promise.race([new Promise((resolve) => child.once('spawn', resolve)), exited]);
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  return {
    pid: child.pid,
    exited,
    output: () => Buffer.concat(chunks).toString('latin1'),
    kill: (signal) => void child.kill(signal),
  };
}

/** A program that is expected to end by itself. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const child = launch(command, args, options);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const limitMs = options.limitMs ?? 120_000;
  let missed = false;
  const timer = setTimeout(() => {
    missed = true;
    if (child.pid !== undefined) killTree(child.pid);
  }, limitMs);
  try {
    const exit = await exitOf(child);
    const errors = Buffer.concat(stderr).toString('latin1');
    if (missed) throw new Error(`${command} did not end within ${limitMs} ms: ${errors}`);
    return { ...exit, stdout: Buffer.concat(stdout), stderr: errors };
  } finally {
    clearTimeout(timer);
  }
}

function launch(command: string, args: readonly string[], options: StartOptions): ChildProcess {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.identity,
  });
  running.add(child);
  return child;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      running.delete(child);
      reject(error);
    });
    // 'close' and not 'exit': only then is all output read.
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? undefined, signal: signal ?? undefined });
    });
  });
}

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

/** All processes below `pid`, nearest first. */
export function descendants(pid: number): ProcessEntry[] {
  const all = listProcesses();
  const found: ProcessEntry[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const generation = all.filter((entry) => parents.has(entry.parent));
    found.push(...generation);
    parents = new Set(generation.map((entry) => entry.pid));
  }
  return found;
}

function listProcesses(): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // proc(5): `pid (comm) state ppid`; comm may itself hold blanks and brackets.
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const match = /^\d+ \((.*)\) \S (\d+)/s.exec(stat);
      if (match?.[1] === undefined) continue;
      entries.push({ pid: Number(name), parent: Number(match[2]), name: match[1] });
    } catch {
      // The process has ended since the folder was listed.
    }
  }
  return entries;
}

/** SIGKILL to a process and everything below it, the parent first so that it starts nothing new. */
export function killTree(pid: number): void {
  const below = descendants(pid);
  for (const target of [pid, ...below.map((entry) => entry.pid)]) killOne(target);
}

/** True when the process was there to be killed. */
export function killOne(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** Asks until there is an answer; for conditions that another process brings about. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  limitMs = 30_000,
): Promise<T> {
  const endMs = performance.now() + limitMs;
  while (performance.now() < endMs) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    await pause(20);
  }
  throw new Error(`${what}: not within ${limitMs} ms`);
}

/** A port nobody listens on, outside the range from which the kernel takes outgoing ports. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await canListen(port)) return port;
  }
  throw new Error('no free port between 20000 and 32000');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
  });
}

/** True once something on loopback accepts a connection. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** An empty folder that only this user can enter. */
export async function temporaryFolder(purpose: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `postern-${purpose}-`));
  folders.add(path);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
      folders.delete(path);
    },
  };
}

/** The full path of a program on PATH or in the folders for daemons. */
export function findProgram(name: string): string | undefined {
  const { PATH = '' } = process.env;
  const places = [...PATH.split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return places
    .filter((place) => place !== '')
    .map((place) => join(place, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
