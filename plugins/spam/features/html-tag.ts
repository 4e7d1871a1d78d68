// Owns reading one HTML tag and the few attributes that tell how its text looks. Every scan goes forward only.

export interface HtmlTag {
  /** In lower case. */
  readonly name: string;
  readonly kind: 'opens' | 'closes' | 'empty';
  /** Where the text behind it begins. */
  readonly end: number;
  /** As written, cut. */
  readonly attributes: string;
  /** Characters that had to be looked at to find its end. */
  readonly looked: number;
}

export const maxTagLength = 4096;
const maxAttributesLength = 1024;
const voidTags = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

/** The tag that begins with the `<` at `start`; undefined where that is only a character. */
export function readTag(html: string, start: number): HtmlTag | undefined {
  let at = start + 1;
  const isClosing = html.charCodeAt(at) === slash;
  if (isClosing) at += 1;
  const nameStart = at;
  while (isNameCode(html.charCodeAt(at)) && at - nameStart < 20) at += 1;
  if (at === nameStart) return undefined;
  const name = html.slice(nameStart, at).toLowerCase();
  const { end, looked } = findTagEnd(html, at);
  if (end === undefined) return undefined;
  const attributes = html.slice(at, Math.min(end - 1, at + maxAttributesLength));
  const isEmpty = voidTags.has(name) || html.charCodeAt(end - 2) === slash;
  return {
    name,
    kind: isClosing ? 'closes' : isEmpty ? 'empty' : 'opens',
    end,
    attributes,
    looked,
  };
}

/** A `>` within quotes does not end a tag, unless no quote ends at all. */
function findTagEnd(
  html: string,
  from: number,
): { readonly end: number | undefined; readonly looked: number } {
  const limit = Math.min(html.length, from + maxTagLength);
  let quote = 0;
  let firstEnd: number | undefined;
  for (let at = from; at < limit; at += 1) {
    const code = html.charCodeAt(at);
    if (code === greater) {
      if (quote === 0) return { end: at + 1, looked: at + 1 - from };
      firstEnd ??= at + 1;
    } else if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if ((code === doubleQuote || code === singleQuote) && isAfterEquals(html, at, from)) {
      quote = code;
    }
  }
  return { end: firstEnd, looked: limit - from };
}

function isAfterEquals(html: string, at: number, from: number): boolean {
  let before = at - 1;
  while (before > from && html.charCodeAt(before) <= 0x20) before -= 1;
  return html.charCodeAt(before) === equals;
}

/** Value of an attribute, without quotes, cut; undefined when the tag has none of that name. */
export function findAttribute(attributes: string, name: string): string | undefined {
  const lower = attributes.toLowerCase();
  let at = lower.indexOf(name);
  while (at !== -1) {
    let next = at + name.length;
    const isWhole = at === 0 || !isNameCode(lower.charCodeAt(at - 1));
    while (lower.charCodeAt(next) <= 0x20) next += 1;
    if (isWhole && lower.charCodeAt(next) === equals) {
      next += 1;
      while (lower.charCodeAt(next) <= 0x20) next += 1;
      return valueAt(attributes, next);
    }
    at = lower.indexOf(name, at + name.length);
  }
  return undefined;
}

function valueAt(attributes: string, start: number): string {
  const quote = attributes.charCodeAt(start);
  if (quote === doubleQuote || quote === singleQuote) {
    const end = attributes.indexOf(String.fromCharCode(quote), start + 1);
    return attributes.slice(start + 1, end === -1 ? attributes.length : end);
  }
  let end = start;
  while (end < attributes.length && attributes.charCodeAt(end) > 0x20) end += 1;
  return attributes.slice(start, end);
}

const slash = 0x2f;
const greater = 0x3e;
const equals = 0x3d;
const doubleQuote = 0x22;
const singleQuote = 0x27;

function isNameCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x3a
  );
}
