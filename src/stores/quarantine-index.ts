// Owns the index of the quarantine: one row for each message that was ever kept back, which alone says
// what is there. It touches no file of content.
//
// Account names, senders and subjects stand here in clear, so that entries can be listed and searched;
// only content is encrypted.
import type { Clock } from '../base/clock.ts';
import { newQuarantineCode } from './quarantine-code.ts';
import { type IndexedEntry, toIndexedEntry } from './quarantine-row.ts';
import { statesBefore, statesWithContent } from './quarantine-states.ts';
import type { Database, Parameters } from './sqlite.ts';
import type {
  KeptAction,
  MaildropOwner,
  QuarantineQuery,
  QuarantineRecord,
  QuarantineState,
} from './store.ts';

/** One list for all that lies in the file; see letter-box.ts for its table. */
export const quarantineMigrations = [
  `CREATE TABLE key_check (one INTEGER PRIMARY KEY CHECK (one = 1), digest BLOB NOT NULL) STRICT;
   CREATE TABLE entry (
     id TEXT PRIMARY KEY,
     code TEXT NOT NULL UNIQUE,
     state TEXT NOT NULL,
     stored_at INTEGER NOT NULL,
     changed_at INTEGER NOT NULL,
     content TEXT NOT NULL UNIQUE,
     user TEXT NOT NULL,
     upstream_host TEXT NOT NULL,
     uidl TEXT,
     sha256 TEXT NOT NULL,
     octets INTEGER NOT NULL,
     action TEXT NOT NULL,
     findings TEXT NOT NULL,
     sender TEXT,
     subject TEXT,
     date TEXT,
     message_id TEXT,
     session_id TEXT NOT NULL,
     client_address TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX entry_by_account ON entry (user, upstream_host, stored_at);
   CREATE INDEX entry_by_time ON entry (stored_at);
   CREATE INDEX entry_by_state ON entry (state, changed_at);
   CREATE TABLE letter (
     number INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     user TEXT NOT NULL,
     upstream_host TEXT NOT NULL,
     posted_at INTEGER NOT NULL,
     octets INTEGER NOT NULL,
     content BLOB
   ) STRICT;
   CREATE INDEX letter_by_account ON letter (user, upstream_host, posted_at)`,
  // For a login, which must not become slow by all that was ever kept of the account.
  `CREATE INDEX entry_by_message ON entry (user, upstream_host, uidl);
   CREATE INDEX entry_by_account_state ON entry (user, upstream_host, state, stored_at)`,
];

const withContent = `state IN (${statesWithContent.map((state) => `'${state}'`).join(', ')})`;

export interface AddedEntry {
  readonly code: string;
  /** False when another process has stored the message meanwhile; then the given content is not used. */
  readonly isTaken: boolean;
}

export class QuarantineIndex {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Remembers the key of the first call; false for any other from then on. */
  acceptsKey(check: Buffer): boolean {
    // The first statement alone would make every start a writer.
    const known = this.keyCheck();
    if (known !== undefined) return known.equals(check);
    this.#database.run('INSERT OR IGNORE INTO key_check (one, digest) VALUES (1, :check)', {
      check,
    });
    return this.keyCheck()?.equals(check) === true;
  }

  keyCheck(): Buffer | undefined {
    const digest = this.#database.get('SELECT digest FROM key_check')?.['digest'];
    return digest instanceof Uint8Array ? Buffer.from(digest) : undefined;
  }

  /**
   * Holds a message whose content lies in the file of that name. An entry that has content already
   * stays as it is, unless its content is `damaged`; then it gets this one and keeps its state.
   */
  add(
    id: string,
    record: QuarantineRecord,
    content: string,
    damaged: string | undefined,
  ): AddedEntry {
    // A code that is in use already makes this throw. With 60 random bits that is no case to handle.
    const [row] = this.#database.all(addEntry, {
      ...columnsOf(record),
      id,
      code: newQuarantineCode(),
      nowMs: this.#clock.nowMs(),
      content,
      damaged: damaged ?? null,
    });
    if (row !== undefined) return { code: String(row['code']), isTaken: true };
    const other = this.find(id);
    if (other === undefined) throw new Error('the entry has vanished at once');
    return { code: other.entry.code, isTaken: false };
  }

  find(id: string): IndexedEntry | undefined {
    const row = this.#database.get('SELECT * FROM entry WHERE id = :id', { id });
    return row === undefined ? undefined : toIndexedEntry(row);
  }

  findByCode(code: string): IndexedEntry | undefined {
    const row = this.#database.get('SELECT * FROM entry WHERE code = :code', { code });
    return row === undefined ? undefined : toIndexedEntry(row);
  }

  concerns({ user, upstreamHost }: MaildropOwner): boolean {
    return this.#database.has(
      `SELECT 1 FROM entry WHERE user = ?1 AND upstream_host = ?2
       UNION ALL SELECT 1 FROM letter WHERE user = ?1 AND upstream_host = ?2 LIMIT 1`,
      [user, upstreamHost],
    );
  }

  list({ owner = {}, states, uidls, storedSinceMs, limit }: QuarantineQuery): IndexedEntry[] {
    const conditions: string[] = ['TRUE'];
    const parameters: Record<string, string | number> = {};
    const demand = (condition: string, name: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      conditions.push(condition);
      parameters[name] = value;
    };
    demand('user = :user', 'user', owner.user);
    demand('upstream_host = :host', 'host', owner.upstreamHost);
    demand('stored_at >= :sinceMs', 'sinceMs', storedSinceMs);
    const stateList = states === undefined ? undefined : JSON.stringify(states);
    demand('state IN (SELECT value FROM json_each(:states))', 'states', stateList);
    const uidlList = uidls === undefined ? undefined : JSON.stringify(uidls);
    demand('uidl IN (SELECT value FROM json_each(:uidls))', 'uidls', uidlList);
    // With the plus, SQLite sorts the few that fit instead of walking through all in their order.
    const isNarrow = states !== undefined || uidls !== undefined;
    const rows = this.#database.all(
      `SELECT * FROM entry WHERE ${conditions.join(' AND ')}
       ORDER BY ${isNarrow ? '+stored_at' : 'stored_at'} DESC, id LIMIT :limit`,
      // A negative limit is none.
      { ...parameters, limit: limit ?? -1 },
    );
    return rows.map(toIndexedEntry);
  }

  /** False when there is no such entry in a state from which this one may follow. */
  change(id: string, state: QuarantineState): boolean {
    const before = JSON.stringify(statesBefore(state));
    const changes = this.#database.run(
      `UPDATE entry SET state = :state, changed_at = :nowMs
       WHERE id = :id AND state IN (SELECT value FROM json_each(:before))`,
      { id, state, before, nowMs: this.#clock.nowMs() },
    );
    return changes === 1;
  }

  /** What is done in place of the message from now on. */
  setAction(id: string, action: KeptAction): void {
    this.#database.run('UPDATE entry SET action = :action WHERE id = :id', { id, action });
  }

  /** Entries whose last change is older; returns the names of their contents. */
  expireByAge(maxAgeMs: number): string[] {
    const nowMs = this.#clock.nowMs();
    return this.#contents(
      `UPDATE entry SET state = 'expired', changed_at = :nowMs
       WHERE ${withContent} AND changed_at < :beforeMs RETURNING content`,
      { nowMs, beforeMs: nowMs - maxAgeMs },
    );
  }

  /** The oldest ones above so many octets in all, but held ones before any that waits for its reader. */
  expireBySize(maxBytes: number): string[] {
    return this.#contents(
      `UPDATE entry SET state = 'expired', changed_at = :nowMs WHERE id IN (
         SELECT id FROM (
           SELECT id, sum(octets) OVER (
             ORDER BY state = 'released' DESC, changed_at DESC, id
             ROWS UNBOUNDED PRECEDING
           ) AS total
           FROM entry WHERE ${withContent}
         ) WHERE total > :maxBytes
       ) RETURNING content`,
      { nowMs: this.#clock.nowMs(), maxBytes },
    );
  }

  /** Forgets entries that have had no content for so long. */
  forget(afterMs: number): void {
    this.#database.run(`DELETE FROM entry WHERE NOT ${withContent} AND changed_at < :beforeMs`, {
      beforeMs: this.#clock.nowMs() - afterMs,
    });
  }

  isWanted(content: string): boolean {
    return this.#database.has(`SELECT 1 FROM entry WHERE content = ?1 AND ${withContent}`, [
      content,
    ]);
  }

  close(): void {
    this.#database.close();
  }

  #contents(sql: string, parameters: Parameters): string[] {
    return this.#database.all(sql, parameters).map((row) => String(row['content']));
  }
}

const columns = [
  'content',
  'user',
  'upstream_host',
  'uidl',
  'sha256',
  'octets',
  'action',
  'findings',
  'sender',
  'subject',
  'date',
  'message_id',
  'session_id',
  'client_address',
] as const;

const addEntry = `
  INSERT INTO entry (id, code, state, stored_at, changed_at, ${columns.join(', ')})
  VALUES (:id, :code, 'held', :nowMs, :nowMs, ${columns.map((name) => `:${name}`).join(', ')})
  ON CONFLICT (id) DO UPDATE SET
    state = CASE WHEN ${withContent} THEN state ELSE 'held' END,
    stored_at = excluded.stored_at,
    changed_at = excluded.changed_at,
    ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}
  WHERE NOT ${withContent} OR content = :damaged
  RETURNING code`;

function columnsOf(record: QuarantineRecord): Parameters {
  return {
    user: record.user,
    upstream_host: record.upstreamHost,
    uidl: record.uidl ?? null,
    sha256: record.sha256,
    octets: record.octets,
    action: record.action,
    findings: JSON.stringify(record.findings),
    sender: record.from ?? null,
    subject: record.subject ?? null,
    date: record.date ?? null,
    message_id: record.messageId ?? null,
    session_id: record.sessionId,
    client_address: record.clientAddress,
  };
}
