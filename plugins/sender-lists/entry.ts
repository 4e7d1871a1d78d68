// Owns how an entry of a list is written, and what of a message it is compared with. Pure.
import { isIP } from 'node:net';
import { LinearPattern, matchesGlob } from '#plugin-api';
import { toDomain, toSenderAddress } from './address.ts';

export type Pattern =
  | { readonly kind: 'address'; readonly address: string }
  /** `below`: with all domains below it. */
  | { readonly kind: 'domain'; readonly domain: string; readonly reach: 'exact' | 'below' }
  /** In the address of the sender. */
  | { readonly kind: 'expression'; readonly fits: (text: string) => boolean }
  /** In a header field, as people read it. */
  | { readonly kind: 'field'; readonly name: string; readonly fits: (text: string) => boolean };

export interface WrittenEntry {
  /** In its one form, so that an entry is found again however it is written. */
  readonly text: string;
  readonly pattern: Pattern;
  /** Milliseconds since 1970; undefined for one without end. */
  readonly untilMs: number | undefined;
}

export const entryForms =
  'ann@example.org, example.org (with what is below it), @example.org (without), /expression/, or Field: text';

const longest = 500;
const ending = /^(.*\S)\s+until\s+(\d{4}-\d{2}-\d{2})$/;

/** Throws SyntaxError with what is wrong. */
export function parseEntry(written: string): WrittenEntry {
  const line = written.trim();
  if (line.length > longest) throw new SyntaxError(`longer than ${longest} characters`);
  const [, before, day] = ending.exec(line) ?? [];
  const text = before ?? line;
  const { text: canonical, pattern } = parsePattern(text);
  return { text: canonical, pattern, untilMs: day === undefined ? undefined : endOfDay(day) };
}

/** The entry holds on that day still, in UTC. */
function endOfDay(day: string): number {
  const startMs = Date.parse(`${day}T00:00:00Z`);
  // Some versions of Date take 2027-02-30 for a day in March.
  if (Number.isNaN(startMs) || new Date(startMs).toISOString().slice(0, 10) !== day) {
    throw new SyntaxError(`${day} is no day`);
  }
  return startMs + 86_400_000;
}

function parsePattern(text: string): { readonly text: string; readonly pattern: Pattern } {
  const [, name, value] = /^([!-9;-~]+):\s*(\S.*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) {
    return { text: `${name}: ${value}`, pattern: { kind: 'field', name, fits: textTest(value) } };
  }
  if (isExpression(text)) return { text, pattern: { kind: 'expression', fits: textTest(text) } };
  if (text.indexOf('@') > 0) {
    const address = toSenderAddress(text)?.address;
    if (address === undefined) throw new SyntaxError(`'${text}' is no address`);
    return { text: address, pattern: { kind: 'address', address } };
  }
  const isExact = text.startsWith('@');
  const domain = toDomain(text.replace(/^(?:@|\*?\.)/, ''));
  if (domain === undefined || !isListable(text, domain)) {
    throw new SyntaxError(`'${text}' is none of: ${entryForms}`);
  }
  const reach = isExact ? 'exact' : 'below';
  return {
    text: isExact ? `@${domain}` : domain.includes('.') ? domain : `.${domain}`,
    pattern: { kind: 'domain', domain, reach },
  };
}

/** A whole top-level domain is written with its dot, lest a slip of the pen becomes one. */
function isListable(text: string, domain: string): boolean {
  if (isIP(domain) !== 0) return false;
  return domain.includes('.') || domain.startsWith('[') || text.startsWith('.');
}

function isExpression(text: string): boolean {
  return text.length > 2 && text.startsWith('/') && text.endsWith('/');
}

function textTest(written: string): (text: string) => boolean {
  if (!isExpression(written)) return (text) => matchesGlob(written, text);
  const pattern = new LinearPattern(written.slice(1, -1));
  return (text) => pattern.isIn(text);
}
