// Owns finding URIs in running text, as mail programs do that make links of them. Each character is looked
// at a bounded number of times. Pure.
import { hasPublicSuffix } from '../../base/registrable-domain.ts';
import type { UriCollection } from './uri-collection.ts';

export function collectFromText(text: string, found: UriCollection): void {
  let start = 0;
  while (start < text.length && !found.isFull) {
    while (start < text.length && isSeparator(text.charCodeAt(start))) start += 1;
    let end = start;
    // Most words are none: without a dot or a colon there is nothing to look for.
    let hasMark = false;
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (isSeparator(code)) break;
      if (code === dot || code === colon || code >= 0x3002) hasMark = true;
    }
    if (hasMark && end - start >= shortest) collectFromWord(text.slice(start, end), found);
    start = end;
  }
}

const dot = 0x2e;
const colon = 0x3a;
/** `a.eu`. */
const shortest = 4;

function collectFromWord(word: string, found: UriCollection): void {
  const whole = startOfUri(word);
  const bare = word.slice(leadingMarks(word));
  const mail = word.search(/mailto:/i);
  if (whole !== undefined) addReadings(trimmedEnd(word.slice(whole)), found);
  else if (/^www\./i.test(bare)) addReadings(`http://${trimmedEnd(bare)}`, found);
  else if (mail !== -1) found.add(trimmedEnd(word.slice(mail)), 'text');
  else if (isBareName(bare)) found.add(`http://${trimmedEnd(bare)}`, 'bare');
}

/** Of the first `http://` and the like in a word. */
function startOfUri(word: string): number | undefined {
  let marks = word.indexOf(':');
  while (marks !== -1) {
    if (isSlash(word.charCodeAt(marks + 1)) && isSlash(word.charCodeAt(marks + 2))) {
      const scheme = /(?:https?|ftp)$/i.exec(word.slice(Math.max(0, marks - 5), marks));
      if (scheme !== null) return marks - scheme[0].length;
    }
    marks = word.indexOf(':', marks + 1);
  }
  return undefined;
}

/**
 * In some scripts a sentence goes on without a blank, so a host that is followed by letters of another
 * alphabet may end before them; both hosts are named.
 */
function addReadings(written: string, found: UriCollection): void {
  found.add(written, 'text');
  const [, start = '', host = ''] = /^([a-z]+:[/\\]+)([^/\\?#]*)/i.exec(written) ?? [];
  const foreign = host.search(/\P{ASCII}/u);
  const own = trimmedEnd(host.slice(0, Math.max(0, foreign)));
  if (own.includes('.')) found.add(start + own, 'text');
}

/** A host that could be registered, with what follows it; no address of mail and no name of a file. */
function isBareName(word: string): boolean {
  const [, host, last = '', after] =
    /^((?:[a-z0-9-]{1,63}\.){1,10}([a-z][a-z0-9-]{1,62}))(?:[/?#:]|[.,;!?)\]}'*]*($))/i.exec(
      word,
    ) ?? [];
  if (host === undefined || word.slice(0, maxBareLength).includes('@')) return false;
  // `report.zip` alone is a file, although .zip has been registered under.
  if (after !== undefined && fileTypes.has(last.toLowerCase())) return false;
  return hasPublicSuffix(host.toLowerCase());
}

const maxBareLength = 300;
const fileTypes: ReadonlySet<string> = new Set(
  'ai as bat cab cat java md mk mov pl ps py rs sh so st tf zip'.split(' '),
);

/** Without marks of punctuation, and brackets that were opened before the URI. Linear. */
function trimmedEnd(text: string): string {
  const open = { ')': 0, ']': 0, '}': 0 };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '(') open[')'] -= 1;
    else if (character === '[') open[']'] -= 1;
    else if (character === '{') open['}'] -= 1;
    else if (isClosing(character)) open[character] += 1;
  }
  let end = text.length;
  for (; end > 0; end -= 1) {
    const character = text.charAt(end - 1);
    if (isClosing(character)) {
      if (open[character] <= 0) break;
      open[character] -= 1;
    } else if (!endMarks.has(character)) break;
  }
  return text.slice(0, end);
}

function isClosing(character: string): character is ')' | ']' | '}' {
  return character === ')' || character === ']' || character === '}';
}

const endMarks: ReadonlySet<string> = new Set(".,;:!?'*_~|。、，！？；：…".split(''));

function leadingMarks(word: string): number {
  let at = 0;
  while (at < word.length && !/[\p{L}\p{N}]/u.test(word.charAt(at))) at += 1;
  return at;
}

function isSlash(code: number): boolean {
  return code === 0x2f || code === 0x5c;
}

/** Blanks of all kinds, quotes, and the brackets that RFC 3986 app. C puts around a URI. */
function isSeparator(code: number): boolean {
  if (code < 0x80) {
    return (
      code <= 0x20 ||
      code === 0x22 ||
      code === 0x3c ||
      code === 0x3e ||
      code === 0x60 ||
      code === 0x7f
    );
  }
  if (code <= 0xa0 || code === 0xab || code === 0xbb) return true;
  if (code < 0x1680) return false;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    (code >= 0x2018 && code <= 0x201f) ||
    (code >= 0x2028 && code <= 0x202f) ||
    code === 0x205f ||
    code === 0x3000
  );
}
