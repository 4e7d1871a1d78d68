// Owns messages with the content at their very end, behind megabytes of something else.
import { letter, withPart } from '../ambiguous/case.ts';
import { base64Lines } from '../wrapped-files.ts';
import type { Wrapping } from './wrapping.ts';

const textLine = 'The quick brown fox jumps over the lazy dog, and again.\r\n';
const base64Line = base64Lines(Buffer.from(textLine));
const placeholder = 'CONTENT';

export const largeWrappings: readonly Wrapping[] = [1, 20, 100].flatMap((megabytes) => [
  large(
    `behind ${megabytes} MB of text`,
    letter(['Content-Type: text/plain'], placeholder),
    (content) => ({ filler: textLine, end: content }),
    megabytes,
  ),
  large(
    `at the end of a file in ${megabytes} MB of base64`,
    withPart(
      'Content-Type: application/octet-stream; name="report.dat"',
      'Content-Transfer-Encoding: base64',
      'Content-Disposition: attachment; filename="report.dat"',
      '',
      placeholder,
    ),
    (content) => ({ filler: base64Line, end: Buffer.from(base64Lines(content).trimEnd()) }),
    megabytes,
  ),
]);

interface Insertion {
  readonly filler: string;
  readonly end: Buffer;
}

function large(
  name: string,
  message: string,
  insertion: (content: Buffer) => Insertion,
  megabytes: number,
): Wrapping {
  const at = message.indexOf(placeholder);
  return {
    name,
    megabytes,
    wrap(content) {
      const { filler, end } = insertion(content);
      const octets = Math.ceil((megabytes * 1_000_000) / filler.length) * filler.length;
      return Buffer.concat([
        Buffer.from(message.slice(0, at)),
        Buffer.alloc(octets, filler),
        end,
        Buffer.from(message.slice(at + placeholder.length)),
      ]);
    },
  };
}
