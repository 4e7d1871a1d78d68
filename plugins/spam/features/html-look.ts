// Owns whether the text of an element can be seen, as far as its own tag tells. It knows no style sheets.
import { findAttribute, type HtmlTag } from './html-tag.ts';

/** How the text of an element looks. */
export interface HtmlLook {
  readonly isHidden: boolean;
  /** As six hexadecimal digits where it could be read. */
  readonly color: string;
  readonly background: string;
}

export const plainLook: HtmlLook = { isHidden: false, color: '000000', background: 'ffffff' };

const namedColors: ReadonlyMap<string, string> = new Map([
  ['white', 'ffffff'],
  ['black', '000000'],
  ['snow', 'fffafa'],
  ['ivory', 'fffff0'],
  ['whitesmoke', 'f5f5f5'],
  ['ghostwhite', 'f8f8ff'],
]);

/** The look within a tag, given the look around it. */
export function lookWithin(tag: HtmlTag, around: HtmlLook): HtmlLook {
  const { attributes, name } = tag;
  if (attributes.length < 4) return around;
  const style = compact(findAttribute(attributes, 'style') ?? '');
  const background =
    colorOf(findDeclaration(style, 'background-color') ?? findDeclaration(style, 'background')) ??
    colorOf(findAttribute(attributes, 'bgcolor')) ??
    around.background;
  const color =
    colorOf(findDeclaration(style, 'color')) ??
    colorOf(name === 'font' ? findAttribute(attributes, 'color') : undefined) ??
    (name === 'body' ? colorOf(findAttribute(attributes, 'text')) : undefined) ??
    around.color;
  const isHidden =
    around.isHidden || isStyledAway(style) || isNear(color, background) || hasHidden(attributes);
  return isHidden === around.isHidden && color === around.color && background === around.background
    ? around
    : { isHidden, color, background };
}

function isStyledAway(style: string): boolean {
  if (style === '') return false;
  const fontSize = findDeclaration(style, 'font-size');
  const height = findDeclaration(style, 'max-height') ?? findDeclaration(style, 'height');
  return (
    findDeclaration(style, 'display') === 'none' ||
    findDeclaration(style, 'visibility') === 'hidden' ||
    isTiny(findDeclaration(style, 'opacity')) ||
    (fontSize !== undefined && isTiny(fontSize)) ||
    (isZero(height) && style.includes('overflow:hidden'))
  );
}

/** Attribute without a value: `<div hidden>`. */
function hasHidden(attributes: string): boolean {
  const lower = attributes.toLowerCase();
  const at = lower.indexOf(' hidden');
  if (at === -1) return false;
  const next = lower.charCodeAt(at + 7);
  return Number.isNaN(next) || next === 0x20 || next === 0x3d;
}

function isTiny(value: string | undefined): boolean {
  return value !== undefined && value !== '' && Number.parseFloat(value) <= 1 && !isRelative(value);
}

function isRelative(value: string): boolean {
  const isOne = Number.parseFloat(value) > 0;
  return isOne && (value.endsWith('em') || value.endsWith('%') || !value.endsWith('px'));
}

function isZero(value: string | undefined): boolean {
  return value !== undefined && Number.parseFloat(value) === 0;
}

/** Lower case, without blanks and `!important`. */
function compact(style: string): string {
  let text = '';
  for (const char of style.toLowerCase().slice(0, 600)) if (char > ' ') text += char;
  return text.replaceAll('!important', '');
}

function findDeclaration(style: string, name: string): string | undefined {
  let at = style.indexOf(`${name}:`);
  while (at > 0 && style.charCodeAt(at - 1) !== semicolon) at = style.indexOf(`${name}:`, at + 1);
  if (at === -1) return undefined;
  const start = at + name.length + 1;
  const end = style.indexOf(';', start);
  return style.slice(start, end === -1 ? style.length : end);
}

const semicolon = 0x3b;

function colorOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = value.trim().toLowerCase();
  const named = namedColors.get(text);
  if (named !== undefined) return named;
  const digits = text.startsWith('#') ? text.slice(1) : text;
  if (isHex(digits) && digits.length === 6) return digits;
  if (isHex(digits) && digits.length === 3) return [...digits].map((each) => each + each).join('');
  if (!text.startsWith('rgb')) return text === '' || text === 'transparent' ? undefined : text;
  const numbers = text.slice(text.indexOf('(') + 1).split(',', 3);
  return numbers
    .map((each) => (Number.parseInt(each, 10) & 0xff).toString(16).padStart(2, '0'))
    .join('');
}

function isHex(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at) | 0x20;
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return text.length > 0;
}

/** Colours that an eye does not tell apart. */
function isNear(color: string, background: string): boolean {
  if (color === background) return true;
  if (!isHex(color) || !isHex(background)) return false;
  const [one, other] = [Number.parseInt(color, 16), Number.parseInt(background, 16)];
  const distance = (shift: number): number =>
    Math.abs(((one >> shift) & 0xff) - ((other >> shift) & 0xff));
  return distance(16) + distance(8) + distance(0) < 24;
}
