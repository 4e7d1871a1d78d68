// Owns values of plugins in one SQLite file. What a key or a value means is the plugin's business.
import type { Clock } from '../base/clock.ts';
import type { KeptValues } from '../base/kept-values.ts';
import { checkedValue } from './kept-value.ts';
import { type Database, openDatabase } from './sqlite.ts';

export interface KeptValuesFile {
  /** Of one instance of a plugin; no other sees them. */
  of(instance: string): KeptValues;
  close(): void;
}

const migrations = [
  // `until` is NULL for ever.
  `CREATE TABLE kept_value (
     instance TEXT NOT NULL,
     key TEXT NOT NULL,
     json TEXT NOT NULL,
     until INTEGER,
     PRIMARY KEY (instance, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX kept_value_by_end ON kept_value (until) WHERE until IS NOT NULL`,
];

const sweepEveryMs = 60_000;

/** Opens or makes the file, mode 0600. Throws STORE_UNUSABLE. `:memory:` keeps nothing. */
export function openKeptValues(file: string, clock: Clock): KeptValuesFile {
  const database = openDatabase(file, { migrations, durability: 'normal' });
  let sweptAtMs = Number.NEGATIVE_INFINITY;
  const sweep = (): void => {
    const nowMs = clock.nowMs();
    if (nowMs < sweptAtMs + sweepEveryMs) return;
    sweptAtMs = nowMs;
    database.run('DELETE FROM kept_value WHERE until <= :nowMs', { nowMs });
  };
  return {
    of: (instance) => new SqliteKeptValues(database, clock, instance, sweep),
    close: () => database.close(),
  };
}

const isAlive = '(until IS NULL OR until > :nowMs)';

class SqliteKeptValues implements KeptValues {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #instance: string;
  readonly #sweep: () => void;

  constructor(database: Database, clock: Clock, instance: string, sweep: () => void) {
    this.#database = database;
    this.#clock = clock;
    this.#instance = instance;
    this.#sweep = sweep;
  }

  async get(key: string): Promise<unknown> {
    const row = this.#database.get(
      `SELECT json FROM kept_value WHERE instance = :instance AND key = :key AND ${isAlive}`,
      { instance: this.#instance, key, nowMs: this.#clock.nowMs() },
    );
    return row === undefined ? undefined : JSON.parse(String(row['json']));
  }

  async set(
    key: string,
    value: unknown,
    { ttlMs = Number.POSITIVE_INFINITY }: { readonly ttlMs?: number } = {},
  ): Promise<void> {
    const json = checkedValue(key, value);
    this.#sweep();
    const untilMs = Math.ceil(this.#clock.nowMs() + ttlMs);
    this.#database.run(
      `INSERT INTO kept_value (instance, key, json, until) VALUES (:instance, :key, :json, :until)
       ON CONFLICT DO UPDATE SET json = excluded.json, until = excluded.until`,
      {
        instance: this.#instance,
        key,
        json,
        until: Number.isSafeInteger(untilMs) ? untilMs : null,
      },
    );
  }

  async delete(key: string): Promise<void> {
    this.#database.run('DELETE FROM kept_value WHERE instance = :instance AND key = :key', {
      instance: this.#instance,
      key,
    });
  }

  async *entries(prefix: string): AsyncGenerator<readonly [string, unknown]> {
    let from = prefix;
    let operator: '>=' | '>' = '>=';
    // One at a time, so that the plugin may change values while it walks over them.
    for (;;) {
      const row = this.#database.get(
        `SELECT key, json FROM kept_value
         WHERE instance = :instance AND key ${operator} :from AND ${isAlive}
         ORDER BY key LIMIT 1`,
        { instance: this.#instance, from, nowMs: this.#clock.nowMs() },
      );
      const key = String(row?.['key'] ?? '');
      // Keys with the prefix stand side by side; LIKE would take % and _ for wildcards.
      if (row === undefined || !key.startsWith(prefix)) return;
      yield [key, JSON.parse(String(row['json']))];
      from = key;
      operator = '>';
    }
  }
}
