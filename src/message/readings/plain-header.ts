// Owns the test by which most headers are known to be divided and read alike by everybody, so that no
// variants of them need be made. It may take a plain header for another, never the other way round.
import { type HeaderFields, unfoldedValue } from '../header-fields.ts';
import { isPlainEncoding } from './transfer-encoding-values.ts';
import { isPlainType } from './type-values.ts';

// NUL; a CR that ends no line; a line of blanks.
const oddOctets = /\0|\r(?![\r\n])|\n[ \t]+\r*\n/;
const lettersOnly = /^[a-z-]+$/;

/** True implies that there are no variants. */
export function isPlainHeader({ fields, text }: HeaderFields): boolean {
  if (oddOctets.test(text)) return false;
  let types = 0;
  let encodings = 0;
  for (const field of fields) {
    const { key } = field;
    if (field.name === undefined) return false;
    // Letters that begin otherwise name no field of MIME, also for readers that drop all other signs.
    if (!lettersOnly.test(key)) {
      if (key.replaceAll(/[^a-z-]/g, '').startsWith('content-')) return false;
    } else if (key.startsWith('content-')) {
      if (field.valueStart - 1 > field.start + key.length) return false;
      if (key === 'content-type') {
        types += 1;
        if (types > 1 || !isPlainType(unfoldedValue(field))) return false;
      }
      if (key === 'content-transfer-encoding') {
        encodings += 1;
        if (encodings > 1 || !isPlainEncoding(unfoldedValue(field))) return false;
      }
    }
  }
  return true;
}
