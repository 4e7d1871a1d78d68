// Owns what readers make of a Content-Transfer-Encoding that is not one plain word.
import { decodeWords } from '../encoded-word.ts';
import { type HeaderField, unfoldedValue } from '../header-fields.ts';
import { transferEncodingToken } from '../transfer-decoding.ts';

const plainValues = new Set(['7bit', '8bit', 'binary', 'base64', 'quoted-printable']);
const uuencodeValues = new Set(['uuencode', 'x-uuencode', 'x-uue', 'uue', 'x-uu']);
const yencValues = new Set(['yenc', 'x-yenc', 'x-yencode', 'yencode']);

/** Encodings that hide content from whoever does not know them, and that some program may know. */
const foreign =
  /gzip|zlib|compress|deflate|bzip|lzma|zstd|ascii85|base-?(?:16|32|45|58|62|85|91|92|122)|z85|hqx|binhex|btoa/;

const maxCommentDepth = 4;

export function isPlainEncoding(value: string): boolean {
  return plainValues.has(value.toLowerCase());
}

/** The other encodings in which a reader may undo this field's content; empty for a plain word. */
export function otherTransferEncodings(field: HeaderField): string[] {
  const written = unfoldedValue(field);
  const value = written.toLowerCase();
  if (isPlainEncoding(value)) return [];
  const readings = [value, decodeWords(written).toLowerCase()].flatMap((text) => [
    text,
    withoutComments(text),
  ]);
  const squeezed = readings.flatMap((text) => [text, text.replaceAll(/[^a-z0-9]/g, '')]);
  const found = new Set<string>();
  for (const text of squeezed) {
    if (/base-?64/.test(text)) found.add('base64');
    if (/quoted-?printable/.test(text)) found.add('quoted-printable');
  }
  // Whoever knows none of the words leaves the content as it is.
  if (found.size > 0) found.add('8bit');
  const token = transferEncodingToken(value);
  return [...found].filter((encoding) => encoding !== token);
}

/** `x-gzip64` and its like: their content cannot be shown here. */
export function isForeignEncoding(value: string): boolean {
  const name = value.toLowerCase().trim();
  if (plainValues.has(name) || uuencodeValues.has(name) || yencValues.has(name)) return false;
  return foreign.test(name);
}

/** Comments within comments too, as deep as they are worth it. */
function withoutComments(text: string): string {
  let rest = text;
  for (let depth = 0; depth < maxCommentDepth; depth += 1)
    rest = rest.replaceAll(/\([^()]*\)/g, '');
  return rest;
}
