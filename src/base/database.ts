// Owns the type of a database that somebody has for itself, so that plugins need not know of stores.
import type { SQLInputValue } from 'node:sqlite';

export interface DatabaseForm {
  /** Steps from one form of the file to the next; the file counts how many it has been through. */
  readonly migrations: readonly string[];
  /** `full`: what was written survives a power failure. `normal`: the last of it may be forgotten. */
  readonly durability: 'full' | 'normal';
}

export type Row = Readonly<Record<string, unknown>>;
/** By name, as `:name` in the statement. */
export type Parameters = Readonly<Record<string, SQLInputValue>>;
/** By place, as `?1`: for what is asked at each login, since names have to be looked up each time. */
export type Places = readonly SQLInputValue[];

/** SQLite; other processes may have the same one open. All calls throw STORE_FAILED. */
export interface SqlDatabase {
  all(sql: string, parameters?: Parameters): Row[];
  /** One after the other, for what may be many. */
  each(sql: string, parameters?: Parameters): Iterable<Row>;
  get(sql: string, parameters?: Parameters): Row | undefined;
  /** Whether there is any row. */
  has(sql: string, places: Places): boolean;
  /** How many rows were changed. */
  run(sql: string, parameters?: Parameters): number;
  /**
   * All statements of `work` or, when it throws, none; no other process writes meanwhile. `work` is
   * synchronous, and short: the others wait.
   */
  transaction<T>(work: () => T): T;
  /** Changes when another process, or another connection of this one, has written. */
  dataVersion(): number;
}
