// Owns the way from a row of the index to an entry. Pure.
import { quarantineStates } from './quarantine-states.ts';
import type { Row } from './sqlite.ts';
import type { KeptAction, QuarantineEntry, QuarantineFinding } from './store.ts';

export interface IndexedEntry {
  readonly entry: QuarantineEntry;
  /** Name of the file with its content. */
  readonly content: string;
}

const actions: readonly KeptAction[] = ['strip', 'hold', 'replace', 'hide'];

export function toIndexedEntry(row: Row): IndexedEntry {
  const entry: QuarantineEntry = {
    id: textIn(row, 'id'),
    code: textIn(row, 'code'),
    state: oneOf(quarantineStates, row['state']),
    storedAtMs: Number(row['stored_at']),
    changedAtMs: Number(row['changed_at']),
    user: textIn(row, 'user'),
    upstreamHost: textIn(row, 'upstream_host'),
    uidl: maybeTextIn(row, 'uidl'),
    sha256: textIn(row, 'sha256'),
    octets: Number(row['octets']),
    action: oneOf(actions, row['action']),
    findings: findingsIn(textIn(row, 'findings')),
    from: maybeTextIn(row, 'sender'),
    subject: maybeTextIn(row, 'subject'),
    date: maybeTextIn(row, 'date'),
    messageId: maybeTextIn(row, 'message_id'),
    sessionId: textIn(row, 'session_id'),
    clientAddress: textIn(row, 'client_address'),
  };
  return { entry, content: textIn(row, 'content') };
}

function textIn(row: Row, column: string): string {
  return String(row[column]);
}

function maybeTextIn(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' ? value : undefined;
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word {
  const word = words.find((each) => each === value);
  if (word === undefined) throw new Error(`the index holds an unknown word, ${String(value)}`);
  return word;
}

function findingsIn(json: string): QuarantineFinding[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) throw new Error('the index holds findings that are no list');
  return value.map((each: Readonly<Record<string, unknown>>) => ({
    plugin: String(each['plugin']),
    finding: String(each['finding']),
    ...(typeof each['part'] === 'string' ? { part: each['part'] } : {}),
  }));
}
