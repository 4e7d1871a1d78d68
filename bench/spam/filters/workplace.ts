// Owns what a program in C works on: messages as files, a folder in memory for its database, a shell
// script of all its work, and the CPU that its processes took. The bench itself starts one shell only:
// to fork a large process ten thousand times would cost more than the programs do.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../test/helpers/process.ts';
import type { Mail } from '../mail.ts';

const limitMs = 900_000;

export class Workplace implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(name: string): Promise<Workplace> {
    // A database on a disk would be waited for, which is not what is measured.
    const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    return new Workplace(await mkdtemp(join(base, `postern-bench-${name}-`)));
  }

  /** Writes the messages into files and names them. */
  async writeMails(mails: readonly Mail[]): Promise<string[]> {
    const folder = join(this.folder, 'mail');
    await mkdir(folder);
    const files = mails.map((_, at) => join(folder, `${at}.eml`));
    for (const [at, { octets }] of mails.entries()) await writeFile(files[at] ?? '', octets);
    return files;
  }

  async write(name: string, lines: readonly string[]): Promise<string> {
    const file = join(this.folder, name);
    await writeFile(file, `${lines.join('\n')}\n`);
    return file;
  }

  /** Runs the lines in one shell; whatever it writes to stderr is a failure. */
  async shell(lines: readonly string[]): Promise<ShellOutput> {
    const script = await this.write('work.sh', ['cd "$(dirname "$0")" || exit 9', ...lines]);
    const { code, stdout, stderr } = await run('sh', [script], { limitMs });
    if (code !== 0 || stderr !== '') throw new Error(`the work failed (${code}): ${stderr}`);
    return readOutput(stdout.toString('latin1'));
  }

  async octetsOf(names: readonly string[]): Promise<number> {
    let octets = 0;
    for (const name of names) octets += (await readFile(join(this.folder, name))).length;
    return octets;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface ShellOutput {
  /** Lines that the programs wrote. */
  readonly lines: readonly string[];
  /** CPU of all children up to each `times` in the script. */
  readonly childCpuMs: readonly number[];
}

/** `times` of a POSIX shell writes two lines: user and system time of itself, then of its children. */
export function readOutput(text: string): ShellOutput {
  const lines: string[] = [];
  const childCpuMs: number[] = [];
  let isOfChildren = false;
  for (const line of text.split('\n')) {
    const match = /^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/.exec(line);
    if (match === null) {
      if (line !== '') lines.push(line);
      continue;
    }
    const [, userMinutes, userSeconds, systemMinutes, systemSeconds] = match.map(Number);
    const minutes = (userMinutes ?? 0) + (systemMinutes ?? 0);
    const seconds = (userSeconds ?? 0) + (systemSeconds ?? 0);
    if (isOfChildren) childCpuMs.push((minutes * 60 + seconds) * 1000);
    isOfChildren = !isOfChildren;
  }
  return { lines, childCpuMs };
}
