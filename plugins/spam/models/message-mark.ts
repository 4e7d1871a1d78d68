// Owns by what a message is known again when a second lesson on it comes: what its sender wrote, not what
// was added on the way or by a mail program.
import { createHash } from 'node:crypto';
import type { MessageSample } from '../features/sample.ts';

export const markOctets = 16;
const fields: ReadonlySet<string> = new Set(['message-id', 'date', 'from']);

/** The same for copies whose line ends, blanks or other fields differ. */
export function markOf({ fields: header, texts }: MessageSample): Buffer {
  const hash = createHash('sha256');
  for (const { name, value } of header) {
    if (fields.has(name)) hash.update(`${name}:${withoutBlanks(value)}\n`);
  }
  for (const { head, tail } of texts) {
    hash.update(`\n${withoutBlanks(head)}\n${withoutBlanks(tail)}`);
  }
  return hash.digest().subarray(0, markOctets);
}

function withoutBlanks(text: string): string {
  return text.replaceAll(/[\s\0]/g, '');
}
