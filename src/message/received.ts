// Owns what one Received field says: who handed the message over to whom, how, and for whom, in the forms
// that mail servers really write. A field that can be read in two ways is not read at all. Pure.
import { toAddress } from '../base/network.ts';
import { toMailPath } from './mail-path.ts';
import { type ReceivedClient, readClient, toHostName } from './received-client.ts';
import { type StructuredWord, structuredWords } from './structured-words.ts';

export interface Received {
  /** Undefined where the message came from nobody: a hand-over inside one host. */
  readonly client?: ReceivedClient;
  /** Who wrote the field; in lower case, an address without brackets. Undefined for qmail's own note. */
  readonly by?: string;
  /** After `with`, in lower case: `esmtps`, `lmtp`, `http`. */
  readonly protocol?: string;
  readonly id?: string;
  readonly recipient?: string;
  /** From `(envelope-from <...>)`. */
  readonly sender?: string;
  /** The client had logged in: whoever wrote the message is a user of the server. */
  readonly isAuthenticated: boolean;
}

/** Longer than any mail server writes. */
const longestValue = 4096;

/** Of the unfolded value; undefined for what cannot be read, or in two ways. */
export function parseReceived(value: string): Received | undefined {
  // Behind the semicolon stands a date, and what a sender whose message begins with a blank adds to it.
  const words = structuredWords(value.slice(0, longestValue), 'first clause');
  if (words === undefined) return undefined;
  const isWhole = value.length <= longestValue || words.at(-1)?.kind === 'end';
  if (!isWhole) return undefined;
  const [first, ...others] = words;
  // qmail notes by whom it was invoked, and nothing else.
  if (first?.kind === 'comment' && first.text.startsWith('qmail '))
    return { isAuthenticated: false };
  // sendmail puts the user of its own host into a comment: `(from joe@localhost) by ...`.
  const isLocal = first?.kind === 'comment' && first.text.startsWith('from ');
  const clauses = readClauses(isLocal ? others : words);
  if (clauses === undefined) return undefined;
  const { from, by, ...rest } = clauses;
  if (by === undefined) return undefined;
  const writer = toAddress(unbracketed(by.word)) ?? toHostName(by.word);
  if (writer === undefined) return undefined;
  const read = from && readClient(from.word, from.comments);
  const isUnproven = by.comments.some(({ text }) => unprovingSystems.test(text));
  const client =
    isUnproven && read?.name !== undefined ? { ...read, nameProof: 'claimed' as const } : read;
  if (from !== undefined && client === undefined) return undefined;
  return {
    by: writer,
    ...(client === undefined ? {} : { client }),
    ...hopFacts(rest, Object.values(clauses)),
    isAuthenticated: client?.isAuthenticated === true || isLogin(rest.with?.word),
  };
}

/** They write the name that a client's own DNS gives it, and not whether it leads back. */
const unprovingSystems = /^(?:Haraka|OpenSMTPD)\b/;

interface Clause {
  readonly word: string;
  readonly comments: StructuredWord[];
}

type ClauseName = 'from' | 'by' | 'via' | 'with' | 'id' | 'for' | 'envelope-from';
type Clauses = { [Name in ClauseName]?: Clause };

const clauseNames: ReadonlySet<string> = new Set<ClauseName>([
  'from',
  'by',
  'via',
  'with',
  'id',
  'for',
  'envelope-from',
]);

/** RFC 5321 s.4.4. Undefined when the two that matter stand twice: a greeting may have blanks in it. */
function readClauses(words: readonly StructuredWord[]): Clauses | undefined {
  const clauses: Clauses = {};
  let name: ClauseName | undefined;
  let clause: Clause | undefined;
  for (const word of words) {
    if (word.kind === 'end') break;
    if (word.kind === 'comment') {
      clause?.comments.push(word);
      // An empty greeting: the next word is another clause.
      if (name === 'from' && clause !== undefined) {
        clauses.from = clause;
        name = undefined;
      }
      continue;
    }
    if (name !== undefined) {
      clause = { word: word.text, comments: clause?.comments ?? [] };
      clauses[name] ??= clause;
      name = undefined;
      continue;
    }
    const key = word.text.toLowerCase();
    if (!isClauseName(key)) continue;
    if ((key === 'from' || key === 'by') && clauses[key] !== undefined) return undefined;
    if (key === 'from' && clauses.by !== undefined) return undefined;
    name = key;
    // Comments before the word count to it: `with (TLSv1.3) esmtp`.
    clause = { word: '', comments: [] };
  }
  const [first] = words;
  const begins = first?.kind === 'word' ? first.text.toLowerCase() : '';
  return begins === 'from' || begins === 'by' ? clauses : undefined;
}

function isClauseName(word: string): word is ClauseName {
  return clauseNames.has(word);
}

function hopFacts(
  clauses: Omit<Clauses, 'from' | 'by'>,
  all: readonly Clause[],
): Pick<Received, 'protocol' | 'id' | 'recipient' | 'sender'> {
  const protocol = clauses.with?.word.toLowerCase();
  const id = clauses.id && toId(clauses.id.word);
  const recipient = clauses.for && toMailPath(clauses.for.word);
  const sender = clauses['envelope-from']
    ? toMailPath(clauses['envelope-from'].word)
    : all.flatMap(({ comments }) => comments.flatMap(({ text }) => senderIn(text) ?? []))[0];
  return {
    ...(protocol === undefined || protocol === '' ? {} : { protocol }),
    ...(id === undefined ? {} : { id }),
    ...(recipient === undefined || recipient === '' ? {} : { recipient }),
    ...(sender === undefined ? {} : { sender }),
  };
}

/** `(envelope-from <user@example.org>)`, as Exim, Dovecot and sendmail write it. */
function senderIn(comment: string): string | undefined {
  const [name = '', path = ''] = comment.split(' ');
  return name.toLowerCase() === 'envelope-from' ? toMailPath(path) : undefined;
}

const longestId = 128;

function toId(word: string): string | undefined {
  const text = word.startsWith('<') && word.endsWith('>') ? word.slice(1, -1) : word;
  return text.length <= longestId && /^[!-~]+$/.test(text) ? text : undefined;
}

/** RFC 3848 and what came before it; a web mailer knows its user. */
function isLogin(protocol: string | undefined): boolean {
  return /^(?:(?:utf8)?(?:esmtp|lmtp|smtp)s?a|asmtp|http|httpu)$/.test(
    protocol?.toLowerCase() ?? '',
  );
}

function unbracketed(word: string): string {
  return word.startsWith('[') && word.endsWith(']') ? word.slice(1, -1) : word;
}
