// Owns the part of a Received field that says who handed the message over, as the mail servers in use
// write it. The greeting (HELO) is the client's own claim, whatever it looks like. Pure.
import { toAddress } from '../base/network.ts';
import { purposeOf } from '../base/special-networks.ts';
import type { StructuredWord } from './structured-words.ts';

export interface ReceivedClient {
  /** What it called itself in HELO, EHLO or LHLO. */
  readonly helo?: string;
  /** What the DNS calls its address; in lower case. */
  readonly name?: string;
  readonly address?: string;
  /** Does the name lead back to the address, as far as the server has looked? */
  readonly nameProof?: 'checked' | 'claimed';
  readonly isAuthenticated: boolean;
}

/**
 * From what stands between `from` and `by`. Undefined where two different addresses stand: a greeting
 * that looks like an address must not be taken for one.
 */
export function readClient(
  word: string,
  comments: readonly StructuredWord[],
): ReceivedClient | undefined {
  const facts = comments.map(({ text }) => readComment(text));
  const addresses = new Set(facts.flatMap(({ address }) => address ?? []));
  if (addresses.size > 1) return undefined;
  const [commented] = addresses;
  const greeting = facts.find(({ helo }) => helo !== undefined)?.helo;
  const named = facts.find(({ name }) => name !== undefined);
  const isAuthenticated = facts.some((each) => each.isAuthenticated);
  const literal = literalAddress(word);
  if (named !== undefined) {
    return {
      ...pick({ helo: toGreeting(greeting ?? word), name: named.name, address: commented }),
      nameProof: named.isForged ? 'claimed' : 'checked',
      isAuthenticated,
    };
  }
  if (greeting !== undefined || facts.some(({ hasPort }) => hasPort)) {
    // What the greeting is not is what the server itself knows.
    const name = literal === undefined ? toHostName(word) : undefined;
    return {
      ...pick({ helo: toGreeting(greeting), name, address: commented ?? literal }),
      ...(name === undefined ? {} : { nameProof: checkedBy(facts) }),
      isAuthenticated,
    };
  }
  // Hosts of Yahoo name each other by nothing but an address; with brackets it is a greeting.
  const bare = comments.length === 0 ? toAddress(word) : undefined;
  const inner = bare !== undefined && purposeOf(bare) === 'private' ? bare : undefined;
  return { ...pick({ helo: toGreeting(word), address: commented ?? inner }), isAuthenticated };
}

interface CommentFacts {
  readonly helo?: string | undefined;
  readonly name?: string | undefined;
  readonly address?: string | undefined;
  readonly isForged: boolean;
  readonly hasPort: boolean;
  readonly isAuthenticated: boolean;
  readonly style?: 'exim' | undefined;
}

/** qmail says `(HELO x)` beside a name that it has not checked; Exim says `helo=x` beside one it has. */
function checkedBy(facts: readonly CommentFacts[]): 'checked' | 'claimed' {
  return facts.some(({ style }) => style === 'exim') ? 'checked' : 'claimed';
}

function readComment(text: string): CommentFacts {
  const words = text.split(' ').filter((word) => word !== '');
  const lower = text.toLowerCase();
  const [first = '', second = ''] = words;
  const isForged = lower.includes('may be forged');
  // Whole words, and no address behind: the name of a client, which stands here as well, is its choice.
  const isAuthenticated =
    (/^(?:(?:authenticated|account)(?: |$)|auth[:=])/.test(lower) &&
      bracketed(second) === undefined) ||
    lower.includes(' authenticated ');
  const base = { isForged, hasPort: lower.includes('port='), isAuthenticated };
  if (/^[ehl][eh]lo$/i.test(first)) return { ...base, helo: second };
  if (/^account$/i.test(first)) return { ...base, helo: afterWord(words, 'HELO') };
  const helo = words.find((word) => /^helo=/i.test(word))?.slice('helo='.length);
  const style = helo === undefined && !base.hasPort ? undefined : 'exim';
  // RFC 1413: some put what an identity server said in front: `user@192.0.2.1`.
  const host = first.slice(first.lastIndexOf('@') + 1);
  const address = bracketed(host) ?? (words.length === 1 ? toAddress(host) : undefined);
  if (address !== undefined) return { ...base, style, helo, address };
  const behind = bracketed(second);
  if (behind === undefined || helo !== undefined) return { ...base, style, helo };
  return { ...base, name: toHostName(host), address: behind };
}

function afterWord(words: readonly string[], word: string): string | undefined {
  const at = words.findIndex((each) => each.toUpperCase() === word);
  return at === -1 ? undefined : words[at + 1];
}

/** `[192.0.2.1]`, `[IPv6:2001:db8::1]`, `[192.0.2.1]:41234`, also with what stands behind it. */
function bracketed(word: string): string | undefined {
  if (!word.startsWith('[')) return undefined;
  const end = word.indexOf(']');
  return end === -1 ? undefined : toAddress(withoutTag(word.slice(1, end)));
}

function literalAddress(word: string): string | undefined {
  return bracketed(word) ?? toAddress(word);
}

/** RFC 5321 s.4.1.3. */
function withoutTag(text: string): string {
  return /^ipv6:/i.test(text) ? text.slice('IPv6:'.length) : text;
}

const longestName = 255;

/** In lower case; undefined for what is no name, and for `unknown`, which says that there is none. */
export function toHostName(word: string): string | undefined {
  const text = word.endsWith('.') ? word.slice(0, -1) : word;
  if (text.length > longestName || !/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(text)) return undefined;
  return text.toLowerCase() === 'unknown' ? undefined : text.toLowerCase();
}

/** It goes on lines of other protocols: in one word, printable. */
export function toGreeting(word: string | undefined): string | undefined {
  return word !== undefined && word.length <= longestName && /^[!-~]+$/.test(word)
    ? word
    : undefined;
}

function pick(facts: {
  readonly helo: string | undefined;
  readonly address: string | undefined;
  readonly name?: string | undefined;
}): Pick<ReceivedClient, 'helo' | 'name' | 'address'> {
  const { helo, name, address } = facts;
  return {
    ...(helo === undefined ? {} : { helo }),
    ...(name === undefined ? {} : { name }),
    ...(address === undefined ? {} : { address }),
  };
}
