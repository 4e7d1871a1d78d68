// Owns how a person hands over a password: typed without being shown, or in a file; never as an argument,
// which every user of the machine can read.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Secret } from '../base/secret.ts';
import { CliError } from './failure.ts';

/** Of a file, without the line end that editors put there. */
export async function readPasswordFile(file: string): Promise<Secret> {
  const bytes = await readFile(file);
  const end = bytes.subarray(-2).equals(Buffer.from('\r\n'))
    ? -2
    : bytes.at(-1) === 0x0a
      ? -1
      : undefined;
  return new Secret(bytes.subarray(0, end));
}

export async function askPassword(question: string): Promise<Secret> {
  if (!process.stdin.isTTY) {
    throw new CliError(['There is no terminal to ask for the password on; use --password-file.']);
  }
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return Secret.fromText(await terminal.question(''));
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
