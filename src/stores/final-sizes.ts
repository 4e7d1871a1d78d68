// Owns the memory of final sizes: one SQLite file, or none at all. Rows hold digests, no login names.
import { hash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { type Database, openDatabase } from './sqlite.ts';
import type { AccountKey, FinalSizes } from './store.ts';

/** A message not sent again for this long is forgotten. */
const keptDays = 400;
const dayMs = 86_400_000;
const migrations = [
  `CREATE TABLE final_size (
     account BLOB NOT NULL,
     policy TEXT NOT NULL,
     uidl TEXT NOT NULL,
     octets INTEGER NOT NULL,
     day INTEGER NOT NULL,
     PRIMARY KEY (account, policy, uidl)
   ) STRICT, WITHOUT ROWID`,
];

/** Opens or makes the file, mode 0600. Throws STORE_UNUSABLE. `:memory:` keeps nothing. */
export function openFinalSizes(file: string, clock: Clock): FinalSizes {
  // What was not remembered is sent with the size of the server once more.
  return new SqliteFinalSizes(openDatabase(file, { migrations, durability: 'normal' }), clock);
}

class SqliteFinalSizes implements FinalSizes {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    database.run('DELETE FROM final_size WHERE day < :day', { day: this.#today() - keptDays });
  }

  of(account: AccountKey, policy: string): ReadonlyMap<string, number> {
    const rows = this.#database.all(
      'SELECT uidl, octets FROM final_size WHERE account = :account AND policy = :policy',
      { account: digest(account), policy },
    );
    return new Map(rows.map(({ uidl, octets }) => [String(uidl), Number(octets)]));
  }

  remember(account: AccountKey, policy: string, uidl: string, octets: number): void {
    this.#database.run(
      `INSERT INTO final_size (account, policy, uidl, octets, day)
       VALUES (:account, :policy, :uidl, :octets, :day)
       ON CONFLICT DO UPDATE SET octets = excluded.octets, day = excluded.day`,
      { account: digest(account), policy, uidl, octets, day: this.#today() },
    );
  }

  close(): void {
    this.#database.close();
  }

  #today(): number {
    return Math.floor(this.#clock.nowMs() / dayMs);
  }
}

function digest({ user, upstreamHost, textMode }: AccountKey): Buffer {
  return hash('sha256', `${user}\0${upstreamHost}\0${textMode}`, 'buffer').subarray(0, 16);
}
