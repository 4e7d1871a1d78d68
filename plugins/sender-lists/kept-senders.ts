// Owns the entries that are not in the configuration: those of commands and those made by themselves. All
// processes see a change at once.
import type {
  BookedEntry,
  BookedSender,
  Clock,
  MaildropFacts,
  SenderBook,
  SqlDatabase,
} from '#plugin-api';
import { type Pattern, parseEntry } from './entry.ts';
import { keyOf, keysOf } from './entry-index.ts';
import {
  type AutomaticOrigin,
  type EntryOrigin,
  type Listed,
  type ListName,
  oddsOf,
} from './listed.ts';
import { ownIdMigration } from './own-ids.ts';
import type { Senders } from './senders.ts';

export const sendersForm = {
  migrations: [
    // For all accounts, user and host are empty. What is no address and no domain has an empty key.
    `CREATE TABLE sender (
       user TEXT NOT NULL,
       host TEXT NOT NULL,
       entry TEXT NOT NULL,
       key TEXT NOT NULL,
       list TEXT NOT NULL,
       origin TEXT NOT NULL,
       odds REAL,
       added INTEGER NOT NULL,
       until INTEGER,
       PRIMARY KEY (user, host, entry)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX sender_by_key ON sender (key, user, host);
     CREATE INDEX sender_by_age ON sender (user, host, added);
     CREATE INDEX sender_by_end ON sender (until) WHERE until IS NOT NULL`,
    ownIdMigration,
  ],
  durability: 'normal',
} as const;

export interface KeptLimits {
  /** Of an account; above, those that were made by themselves give way, the oldest first. */
  readonly maxEntries: number;
}

/** What is put there by itself. */
export interface AutomaticSender {
  readonly account: MaildropFacts;
  readonly entry: string;
  readonly origin: AutomaticOrigin;
  readonly logOdds: number;
  readonly untilMs: number;
}

const isAlive = '(until IS NULL OR until > :nowMs)';
const automatic = "origin IN ('released', 'corrected', 'answered')";
const sweepEveryMs = 3_600_000;
const mostPatterns = 2000;

export class KeptSenders implements SenderBook {
  readonly #database: SqlDatabase;
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #patterns = new Map<string, Pattern>();
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(database: SqlDatabase, clock: Clock, { maxEntries }: KeptLimits) {
    this.#database = database;
    this.#clock = clock;
    this.#maxEntries = maxEntries;
  }

  /** All that may fit: of the account, and of everybody. */
  near(account: MaildropFacts, senders: Senders): Listed[] {
    const rows = this.#database.all(
      // In this order: by the keys of the message, of which there are few, and not by all of the account.
      `SELECT sender.* FROM json_each(:keys) AS wanted
       CROSS JOIN sender INDEXED BY sender_by_key ON sender.key = wanted.value
       WHERE ${isAlive} AND ((user = :user AND host = :host) OR (user = '' AND host = ''))`,
      {
        keys: JSON.stringify(['', ...keysOf(senders)]),
        nowMs: this.#clock.nowMs(),
        user: account.user,
        host: account.upstreamHost,
      },
    );
    return rows.map((row) => toListed(row, this.#patternOf(String(row['entry']))));
  }

  /** To compile an expression takes longer than to try it. */
  #patternOf(entry: string): Pattern {
    const known = this.#patterns.get(entry);
    if (known !== undefined) return known;
    if (this.#patterns.size >= mostPatterns) this.#patterns.clear();
    const { pattern } = parseEntry(entry);
    this.#patterns.set(entry, pattern);
    return pattern;
  }

  *entries(whose: MaildropFacts | undefined | 'everyone'): Generator<BookedEntry, void, void> {
    const nowMs = this.#clock.nowMs();
    const order = 'ORDER BY user, host, entry';
    const rows =
      whose === 'everyone'
        ? this.#database.each(`SELECT * FROM sender WHERE ${isAlive} ${order}`, { nowMs })
        : this.#database.each(
            `SELECT * FROM sender WHERE user = :user AND host = :host AND ${isAlive} ${order}`,
            { nowMs, ...ownerOf(whose) },
          );
    for (const row of rows) yield toBooked(row);
  }

  put(
    { account, list, entry, untilMs }: BookedSender,
    origin: 'command' | 'reader' = 'command',
  ): BookedEntry {
    const written = parseEntry(entry);
    const until = untilMs ?? written.untilMs;
    const key = keyOf(written) ?? '';
    const owner = ownerOf(account);
    const added = this.#clock.nowMs();
    this.#database.transaction(() => {
      if (!this.#makesRoom(owner, written.text)) {
        throw new RangeError(`an account has no more than ${this.#maxEntries} entries`);
      }
      this.#database.run(upsert, {
        ...owner,
        entry: written.text,
        key,
        list,
        origin,
        odds: null,
        added,
        until: until ?? null,
      });
    });
    return { account, list, entry: written.text, origin, addedAtMs: added, untilMs: until };
  }

  remove(account: MaildropFacts | undefined, entry: string): boolean {
    return (
      this.#database.run(
        'DELETE FROM sender WHERE user = :user AND host = :host AND entry = :entry',
        { ...ownerOf(account), entry: parseEntry(entry).text },
      ) > 0
    );
  }

  /**
   * False when somebody has put it there on purpose, on whichever list: that stays; and when there is no
   * room. What was known of the sender goes on to count if it weighs more.
   */
  remember({ account, entry, origin, logOdds, untilMs }: AutomaticSender): boolean {
    const owner = ownerOf(account);
    const nowMs = this.#clock.nowMs();
    return this.#database.transaction(() => {
      const known = this.#database.get(
        `SELECT origin, odds FROM sender
         WHERE user = :user AND host = :host AND entry = :entry AND ${isAlive}`,
        { ...owner, entry, nowMs },
      );
      const before = known && toOrigin(known['origin']);
      if (before !== undefined && !isAutomatic(before)) return false;
      const isWeaker = before !== undefined && Number(known?.['odds']) < logOdds;
      if (!this.#makesRoom(owner, entry)) return false;
      this.#database.run(upsert, {
        ...owner,
        entry,
        key: entry,
        list: 'allow',
        origin: isWeaker ? before : origin,
        odds: isWeaker ? Number(known?.['odds']) : logOdds,
        added: nowMs,
        until: untilMs,
      });
      return true;
    });
  }

  /** Takes back what was put there by itself; what somebody has put there on purpose stays. */
  forget(account: MaildropFacts, entry: string): boolean {
    return (
      this.#database.run(
        `DELETE FROM sender WHERE user = :user AND host = :host AND entry = :entry AND ${automatic}`,
        { ...ownerOf(account), entry },
      ) > 0
    );
  }

  /** Of those for all accounts there may be any number. False when nothing may go. */
  #makesRoom(owner: Owner, entry: string): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#sweptAtMs >= sweepEveryMs) {
      this.#sweptAtMs = nowMs;
      this.#database.run('DELETE FROM sender WHERE until <= :nowMs', { nowMs });
    }
    if (owner.user === '' && owner.host === '') return true;
    const where = 'user = :user AND host = :host';
    const row = this.#database.get(
      `SELECT count(*) AS entries FROM sender WHERE ${where} AND entry <> :entry`,
      { ...owner, entry },
    );
    const over = Number(row?.['entries'] ?? 0) - this.#maxEntries + 1;
    if (over <= 0) return true;
    const gone = this.#database.run(
      `DELETE FROM sender WHERE ${where} AND entry IN (
         SELECT entry FROM sender WHERE ${where} AND ${automatic} ORDER BY added LIMIT :over)`,
      { ...owner, over },
    );
    return gone >= over;
  }
}

const upsert = `INSERT INTO sender (user, host, entry, key, list, origin, odds, added, until)
  VALUES (:user, :host, :entry, :key, :list, :origin, :odds, :added, :until)
  ON CONFLICT DO UPDATE SET list = excluded.list, origin = excluded.origin, odds = excluded.odds,
    added = excluded.added, until = excluded.until`;

type Owner = Readonly<Record<'user' | 'host', string>>;
type Row = Readonly<Record<string, unknown>>;

function ownerOf(account: MaildropFacts | undefined): Owner {
  return { user: account?.user ?? '', host: account?.upstreamHost ?? '' };
}

function toListed(row: Row, pattern: Pattern): Listed {
  const entry = String(row['entry']);
  const list = toListName(row['list']);
  const odds = typeof row['odds'] === 'number' ? row['odds'] : oddsOf({ list, pattern });
  return {
    list,
    text: entry,
    pattern,
    scope: row['user'] === '' && row['host'] === '' ? 'general' : 'own',
    origin: toOrigin(row['origin']),
    untilMs: typeof row['until'] === 'number' ? row['until'] : undefined,
    ...(odds !== undefined && { logOdds: odds }),
  };
}

function toBooked(row: Row): BookedEntry {
  const [user, host] = [String(row['user']), String(row['host'])];
  return {
    account: user === '' && host === '' ? undefined : { user, upstreamHost: host },
    list: toListName(row['list']),
    entry: String(row['entry']),
    origin: toOrigin(row['origin']),
    addedAtMs: Number(row['added']),
    untilMs: typeof row['until'] === 'number' ? row['until'] : undefined,
  };
}

function toListName(value: unknown): ListName {
  return value === 'allow' ? 'allow' : 'block';
}

function toOrigin(value: unknown): EntryOrigin {
  if (isAutomatic(value)) return value;
  return value === 'reader' ? 'reader' : 'command';
}

function isAutomatic(value: unknown): value is AutomaticOrigin {
  return value === 'released' || value === 'corrected' || value === 'answered';
}
