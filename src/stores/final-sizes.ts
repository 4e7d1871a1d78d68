// Owns the memory of final sizes: one SQLite file, or none at all. Rows hold digests, no login names.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { AccountKey, FinalSizes } from './store.ts';

/** A message not sent again for this long is forgotten. */
const keptDays = 400;
const dayMs = 86_400_000;
/** Steps from one form of the file to the next; the file counts how many it has been through. */
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
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file, { timeout: 5000 });
    if (file !== ':memory:') chmodSync(file, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    migrate(database);
    return new SqliteFinalSizes(database, clock);
  } catch (cause) {
    throw new AppError('STORE_UNUSABLE', {
      fault: 'config',
      publicText: 'the store cannot be used',
      details: { file },
      cause,
    });
  }
}

function migrate(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA user_version').get();
  const done = Number(row?.['user_version'] ?? 0);
  if (done > migrations.length) throw new Error('the file belongs to a newer version of Postern');
  for (const [index, step] of migrations.entries()) {
    if (index < done) continue;
    database.exec(`BEGIN; ${step}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

class SqliteFinalSizes implements FinalSizes {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #select;
  readonly #upsert;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#select = database.prepare(
      'SELECT uidl, octets FROM final_size WHERE account = ? AND policy = ?',
    );
    this.#upsert = database.prepare(
      `INSERT INTO final_size (account, policy, uidl, octets, day) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET octets = excluded.octets, day = excluded.day`,
    );
    database.prepare('DELETE FROM final_size WHERE day < ?').run(this.#today() - keptDays);
  }

  of(account: AccountKey, policy: string): ReadonlyMap<string, number> {
    const rows = this.#select.all(digest(account), policy);
    return new Map(rows.map(({ uidl, octets }) => [String(uidl), Number(octets)]));
  }

  remember(account: AccountKey, policy: string, uidl: string, octets: number): void {
    this.#upsert.run(digest(account), policy, uidl, octets, this.#today());
  }

  close(): void {
    this.#database.close();
  }

  #today(): number {
    return Math.floor(this.#clock.nowMs() / dayMs);
  }
}

function digest({ user, upstreamHost, textMode }: AccountKey): Buffer {
  return createHash('sha256')
    .update(`${user}\0${upstreamHost}\0${textMode}`)
    .digest()
    .subarray(0, 16);
}
