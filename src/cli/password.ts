// Owns how a person hands over a password: typed without being shown, or in a file; never as an argument,
// which every user of the machine can read.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
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

/** `input` is a terminal; what is typed there is not shown. */
export async function askPassword(
  question: string,
  input: Readable & { readonly isTTY?: boolean } = process.stdin,
  output: Writable = process.stderr,
): Promise<Secret> {
  if (input.isTTY !== true) {
    throw new CliError(['There is no terminal to ask for the password on; use --password-file.']);
  }
  output.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: nowhere, terminal: true });
  // Control-C and Control-D; readline alone would leave an open question waiting forever.
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  try {
    return Secret.fromText(await terminal.question('', { signal: ended.signal }));
  } catch {
    throw new CliError(['Stopped; no login was tried.']);
  } finally {
    terminal.close();
    output.write('\n');
  }
}
