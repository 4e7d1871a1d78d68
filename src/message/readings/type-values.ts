// Owns what readers make of a Content-Type that is written in an unusual way.
import { decodeWords } from '../encoded-word.ts';
import { type HeaderField, unfoldedValue } from '../header-fields.ts';
import { parseMimeValue } from '../mime-parameters.ts';

const plainType = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+[ \t]*(?:;|$)/i;

/** A value that begins as it should. */
export function isPlainType(value: string): boolean {
  const hasWords = value.includes('=?') && value.split(';', 1)[0]?.includes('=?') === true;
  return plainType.test(value) && !hasWords;
}

/** Other values that a reader may see in this field; empty for a plain one. */
export function otherContentTypes(field: HeaderField): string[] {
  const value = unfoldedValue(field);
  if (isPlainType(value)) return [];
  const candidates = new Set<string>();
  const decoded = decodeWords(value);
  if (decoded !== value && /^[\x20-\x7e\t]*$/.test(decoded)) candidates.add(decoded);
  candidates.add(withoutComments(value));
  candidates.add(value.replaceAll(/["']/g, ''));
  const { parameters } = parseMimeValue(value);
  const hasBoundary = parameters.some(({ name }) => name.startsWith('boundary'));
  if (hasBoundary && /multi[^;]{0,20}part/i.test(value)) {
    candidates.add(`multipart/mixed; ${value.slice(value.search(/boundary/i))}`);
  }
  candidates.delete(value);
  return [...candidates].filter((text) => parseMimeValue(text).value.includes('/'));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\([^()]*\)/g, '');
}
