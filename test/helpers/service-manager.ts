// Owns a service manager for tests: it holds one listening socket called "pop3" over all restarts.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { eventually, findProgram, killTree } from './process.ts';

const script = join(import.meta.dirname, 'service-manager.py');

interface Report {
  readonly event: 'listening' | 'started' | 'ended' | 'told';
  readonly port?: number;
  readonly pid?: number;
  readonly code?: number;
  readonly assignments?: readonly string[];
}

/** Undefined when there is one. */
export function serviceManagerMissing(): string | undefined {
  const missing = ['python3', 'systemd-notify'].filter((name) => findProgram(name) === undefined);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} missing`;
}

export class TestServiceManager implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #logFile: string;
  readonly #reports: Report[] = [];

  private constructor(folder: string) {
    this.#logFile = join(folder, 'log');
    this.#child = spawn('python3', [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.#child.stdout).on('line', (line) => this.#reports.push(JSON.parse(line)));
  }

  static async start(folder: string): Promise<TestServiceManager> {
    const manager = new TestServiceManager(folder);
    await manager.#report(({ event }) => event === 'listening');
    return manager;
  }

  get port(): number {
    return this.#reports.find(({ event }) => event === 'listening')?.port ?? 0;
  }

  /** All messages so far, each as its lines. */
  get told(): (readonly string[])[] {
    return this.#reports.flatMap(({ assignments }) => (assignments ? [assignments] : []));
  }

  log(): Promise<string> {
    return readFile(this.#logFile, 'utf8');
  }

  /** Starts a program as a service; resolves with its process id. */
  async startService(argv: readonly string[], env: Record<string, string> = {}): Promise<number> {
    const before = this.#reports.length;
    this.#child.stdin.write(`${JSON.stringify({ argv, env, log: this.#logFile })}\n`);
    const { pid = 0 } = await this.#report(({ event }) => event === 'started', before);
    return pid;
  }

  /** Waits until a message with this line comes, after so many messages. */
  async hears(assignment: string, after = 0): Promise<void> {
    await eventually(`the message ${assignment}`, () =>
      this.told.slice(after).some((lines) => lines.includes(assignment)) ? true : undefined,
    );
  }

  /** Resolves with the exit code, negative for a signal. */
  async ended(pid: number): Promise<number | undefined> {
    return (await this.#report((each) => each.event === 'ended' && each.pid === pid)).code;
  }

  #report(isIt: (report: Report) => boolean, from = 0): Promise<Report> {
    return eventually('a report of the service manager', () =>
      this.#reports.slice(from).find(isIt),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid !== undefined) killTree(this.#child.pid);
    this.#child.stdin.destroy();
  }
}
