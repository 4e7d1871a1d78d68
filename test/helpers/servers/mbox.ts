// Owns the mbox format of test maildrops: many messages in one file, each behind a "From " line.
// Line ends are LF there, and lines that look like the separator carry a ">" more.
import { appendFile, readFile } from 'node:fs/promises';

const separator = 'From sender@example.org Mon Jan  1 00:00:00 2024\n';

export async function appendToMbox(path: string, messages: readonly Buffer[]): Promise<void> {
  await appendFile(path, Buffer.concat(messages.map(toEntry)), { mode: 0o600 });
}

/** Without the separators; an absent file has no messages. */
export async function readMbox(path: string): Promise<Buffer[]> {
  const text = await readFile(path, 'latin1').catch(() => '');
  const [, ...entries] = `\n${text}`.split(/\nFrom .*\n/);
  return entries.map((entry) => Buffer.from(entry, 'latin1'));
}

function toEntry(message: Buffer): Buffer {
  const text = message
    .toString('latin1')
    .replaceAll('\r\n', '\n')
    .replaceAll(/^(>*From )/gm, '>$1');
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  return Buffer.from(`${separator}${ended}\n`, 'latin1');
}
