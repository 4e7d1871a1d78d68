// Owns telling web pages, pictures in SVG and other markup by the start of their text. Pure.
import type { Kind } from './kind.ts';

const searchedLength = 4096;
const htmlElements =
  /<(?:!doctype\s+html|html|head|body|script|title|meta|iframe|object|embed|form|table|div|a)\b/i;
const svgElement = /<(?:\w{1,20}:)?svg[\s>]/i;
const prologue =
  /^(?:\s|<\?[^>]{0,1000}>|<!--[\s\S]{0,2000}?-->|<!doctype[^>[]{0,500}(?:\[[\s\S]{0,1500}?\]\s*)?>)*/i;

/** `text` is the start of the file, with its encoding undone. */
export function findMarkup(text: string): Kind | undefined {
  const start = text.slice(0, searchedLength).trimStart();
  if (start.startsWith('{\\rt')) return { type: 'rtf' };
  if (!start.startsWith('<')) return undefined;
  const [before = ''] = prologue.exec(start) ?? [];
  const first = start.slice(before.length);
  if (svgElement.test(first.slice(0, 100))) return { type: 'svg' };
  if (/^<\?xml/i.test(start) && !/<html\b/i.test(start)) {
    return svgElement.test(start) ? { type: 'svg' } : { type: 'xml' };
  }
  return htmlElements.test(start) ? { type: 'html' } : undefined;
}
