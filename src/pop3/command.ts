// Owns the grammar of command lines. It knows no state: whether a command is allowed now is session/states.ts.
import { isLineSafe } from './sasl.ts';

/** Commands without argument. */
type BareName = 'CAPA' | 'NOOP' | 'QUIT' | 'RSET' | 'STAT' | 'STLS' | 'UTF8';

export type Command =
  | { readonly name: BareName }
  /** Octets as sent: never decoded, since servers compare octets. */
  | { readonly name: 'USER'; readonly user: Buffer }
  /** The rest of the line, blanks included (RFC 1939 s.7). */
  | { readonly name: 'PASS'; readonly password: Buffer }
  | {
      readonly name: 'AUTH';
      readonly mechanism: string | undefined;
      readonly initialResponse: string | undefined;
    }
  | { readonly name: 'LIST' | 'UIDL'; readonly number: number | undefined }
  | { readonly name: 'RETR' | 'DELE'; readonly number: number }
  /** RFC 6856 s.3; without a language it asks for those there are. */
  | { readonly name: 'LANG'; readonly language: string | undefined }
  | { readonly name: 'TOP'; readonly number: number; readonly lines: number };

export type CommandName = Command['name'];

/** A line that is no command; `problem` is safe to send to the client. */
export interface BadCommand {
  readonly name: 'bad';
  readonly problem: string;
}

const space = 0x20;
/** RFC 4422 s.3.1. */
const mechanismName = /^[A-Z0-9_-]{1,20}$/i;
/** A language range of RFC 4647 s.2.1. */
const languageRange = /^(?:\*|[A-Z]{1,8}(?:-[A-Z0-9]{1,8}){0,8})$/i;
const bare: ReadonlySet<string> = new Set(['CAPA', 'NOOP', 'QUIT', 'RSET', 'STAT', 'STLS', 'UTF8']);

/** The names Postern understands; also a guard for text that came from a client. */
const known: ReadonlySet<string> = new Set([
  ...bare,
  'USER',
  'PASS',
  'AUTH',
  'LIST',
  'UIDL',
  'RETR',
  'DELE',
  'TOP',
  'LANG',
]);

function bad(problem: string): BadCommand {
  return { name: 'bad', problem };
}

function isBareName(name: string): name is BareName {
  return bare.has(name);
}

/** A decimal number of at most 10 digits; larger ones cannot be message numbers. */
function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

const nothing = Buffer.alloc(0);

/** One line without its end, to a command. Never throws; never repeats what the client sent. */
export function parseCommand(line: Buffer): Command | BadCommand {
  const blank = line.indexOf(space);
  const word = line.subarray(0, blank === -1 ? line.length : blank).toString('latin1');
  const name = word.toUpperCase();
  // Octet DF would grow to "SS" and make a PASS of other octets.
  if (!known.has(name) || name.length !== word.length) return bad('unknown command');
  // CR, LF or NUL in an argument could become a second command upstream.
  if (!isLineSafe(line)) return bad('control characters are not allowed');
  const rest = blank === -1 ? nothing : line.subarray(blank + 1);
  if (name === 'USER') {
    return rest.length === 0 ? bad('USER needs a name') : { name, user: Buffer.from(rest) };
  }
  if (name === 'PASS') {
    return blank === -1 ? bad('PASS needs a password') : { name, password: Buffer.from(rest) };
  }
  return parseWords(name, wordsOf(rest));
}

function wordsOf(rest: Buffer): readonly string[] {
  if (rest.length === 0) return [];
  return rest
    .toString('latin1')
    .split(' ')
    .filter((word) => word !== '');
}

function parseWords(name: string, words: readonly string[]): Command | BadCommand {
  if (isBareName(name)) {
    return words.length === 0 ? { name } : bad(`${name} takes no argument`);
  }
  const number = toNumber(words[0]);
  switch (name) {
    case 'AUTH':
      if (words.length > 2 || (words[0] !== undefined && !mechanismName.test(words[0]))) {
        return bad('AUTH takes a mechanism and an initial response');
      }
      return { name, mechanism: words[0]?.toUpperCase(), initialResponse: words[1] };
    case 'LANG':
      if (words.length > 1 || (words[0] !== undefined && !languageRange.test(words[0]))) {
        return bad('LANG takes a language');
      }
      return { name, language: words[0] };
    case 'LIST':
    case 'UIDL':
      if (words.length === 0) return { name, number: undefined };
      if (words.length > 1 || number === undefined) return bad(`${name} takes a message number`);
      return { name, number };
    case 'RETR':
    case 'DELE':
      if (words.length !== 1 || number === undefined) return bad(`${name} needs a message number`);
      return { name, number };
    default: {
      const lines = toNumber(words[1]);
      if (words.length !== 2 || number === undefined || lines === undefined) {
        return bad('TOP needs a message number and a number of lines');
      }
      return { name: 'TOP', number, lines };
    }
  }
}
