// Owns the text of web pages and pictures in SVG: which octets are which characters.
import { startOfText } from '../types/start-of-text.ts';
import type { Work } from '../work.ts';

/** A text is searched again and again. */
export const maxMarkupBytes = 16 * 1024 * 1024;

const windowLength = 256 * 1024;
/** More than any sign takes that is searched for. */
const overlap = 1024;

export function markupText(octets: Buffer): string {
  return startOfText(octets).replaceAll('\0', '');
}

/** The text in pieces that overlap, so that others can run between. */
export async function* windowsOf(text: string, work: Work): AsyncGenerator<string, void, void> {
  for (let at = 0; at < text.length; at += windowLength) {
    yield text.slice(Math.max(0, at - overlap), at + windowLength);
    await work.breathe();
  }
}

const reference = /&(?:#|colon|tab|newline)/i;

/** `java&#115;cript` as a browser reads the value of an attribute. */
export function unescapeReferences(text: string): string {
  if (!text.includes('&') || !reference.test(text)) return text;
  return text.replaceAll(
    /&(?:#(?:x0{0,200}([0-9a-f]{1,6})|0{0,200}(\d{1,7}))|(colon|tab|newline));?/gi,
    (all, hex, decimal, name) => {
      if (name !== undefined) return name.toLowerCase() === 'colon' ? ':' : '';
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
