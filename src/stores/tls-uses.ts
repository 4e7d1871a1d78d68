// Owns the record of which TLS has been used by whom: one SQLite file that all processes of a proxy write,
// and a report reads, at the same time. Sessions are summed up; no single one is kept.
import type { Clock } from '../base/clock.ts';
import { type Database, openDatabase } from './sqlite.ts';

export type TlsSide = 'client' | 'upstream';

/** What sessions have in common that are summed up. */
export interface TlsUse {
  readonly side: TlsSide;
  /** Login name, printable. */
  readonly account: string;
  /** The network of the client, or host and port of the upstream. */
  readonly peer: string;
  /** Name of the listener, or of the route. */
  readonly door: string;
  readonly mode: 'none' | 'stls' | 'implicit';
  /** `none` without TLS. */
  readonly protocol: string;
  /** Empty without TLS. */
  readonly cipher: string;
}

export interface CountedTlsUse extends TlsUse {
  readonly sessions: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface TlsUseLimits {
  /** After which a use that has not come again is forgotten. */
  readonly maxAgeMs: number;
  readonly maxEntries: number;
}

export type TlsSubject = 'account' | 'client' | 'upstream';

/** Of one account, client or upstream: all its uses of the same kind. */
export interface TlsReportRow extends Pick<TlsUse, 'door' | 'mode' | 'protocol' | 'cipher'> {
  readonly subject: string;
  /** How many accounts, or for an account how many clients, there are behind it. */
  readonly others: number;
  readonly sessions: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface TlsUses {
  /** In one transaction. */
  add(uses: readonly CountedTlsUse[]): void;
  report(by: TlsSubject, sinceMs: number): TlsReportRow[];
  /** Forgets what is too old or too much. */
  trim(limits: TlsUseLimits): void;
  close(): void;
}

const migrations = [
  `CREATE TABLE tls_use (
     side TEXT NOT NULL,
     account TEXT NOT NULL,
     peer TEXT NOT NULL,
     door TEXT NOT NULL,
     mode TEXT NOT NULL,
     protocol TEXT NOT NULL,
     cipher TEXT NOT NULL,
     sessions INTEGER NOT NULL,
     first INTEGER NOT NULL,
     last INTEGER NOT NULL,
     PRIMARY KEY (side, account, peer, door, mode, protocol, cipher)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX tls_use_by_age ON tls_use (last)`,
];

/** In the state folder. */
export const tlsUsesFile = 'tls.db';

/** Opens or makes the file, mode 0600. Throws STORE_UNUSABLE. `:memory:` keeps nothing. */
export function openTlsUses(file: string, clock: Clock): TlsUses {
  return new SqliteTlsUses(openDatabase(file, { migrations, durability: 'normal' }), clock);
}

/** Which column is reported on, and which one is counted beside it. */
const columns: Readonly<Record<TlsSubject, readonly [TlsSide, string, string]>> = {
  account: ['client', 'account', 'peer'],
  client: ['client', 'peer', 'account'],
  upstream: ['upstream', 'peer', 'account'],
};

class SqliteTlsUses implements TlsUses {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  add(uses: readonly CountedTlsUse[]): void {
    // One statement for all of them is one transaction; WHERE keeps ON CONFLICT from reading as a join.
    this.#database.run(
      `INSERT INTO tls_use
         (side, account, peer, door, mode, protocol, cipher, sessions, first, last)
       SELECT value ->> 'side', value ->> 'account', value ->> 'peer', value ->> 'door',
         value ->> 'mode', value ->> 'protocol', value ->> 'cipher', value ->> 'sessions',
         value ->> 'firstMs', value ->> 'lastMs'
       FROM json_each(:uses) WHERE true
       ON CONFLICT DO UPDATE SET
         sessions = sessions + excluded.sessions, last = max(last, excluded.last)`,
      { uses: JSON.stringify(uses) },
    );
  }

  report(by: TlsSubject, sinceMs: number): TlsReportRow[] {
    const [side, subject, other] = columns[by];
    const rows = this.#database.all(
      `SELECT ${subject} AS subject, door, mode, protocol, cipher,
         count(DISTINCT ${other}) AS others, sum(sessions) AS sessions,
         min(first) AS first, max(last) AS last
       FROM tls_use WHERE side = :side AND last >= :sinceMs
       GROUP BY ${subject}, door, mode, protocol, cipher
       ORDER BY ${subject}, last DESC`,
      { side, sinceMs },
    );
    return rows.map((row) => ({
      subject: String(row['subject']),
      door: String(row['door']),
      mode: modeOf(row['mode']),
      protocol: String(row['protocol']),
      cipher: String(row['cipher']),
      others: Number(row['others']),
      sessions: Number(row['sessions']),
      firstMs: Number(row['first']),
      lastMs: Number(row['last']),
    }));
  }

  trim({ maxAgeMs, maxEntries }: TlsUseLimits): void {
    this.#database.run('DELETE FROM tls_use WHERE last < :oldestMs', {
      oldestMs: Math.floor(this.#clock.nowMs() - maxAgeMs),
    });
    // The longest unused go. Those of the same moment go together.
    this.#database.run(
      `DELETE FROM tls_use WHERE last <=
         (SELECT last FROM tls_use ORDER BY last DESC LIMIT 1 OFFSET :maxEntries)`,
      { maxEntries },
    );
  }

  close(): void {
    this.#database.close();
  }
}

function modeOf(value: unknown): TlsUse['mode'] {
  return value === 'stls' || value === 'implicit' ? value : 'none';
}
