// Owns how an SQLite file is opened, brought to its newest form and asked. It knows no table.
import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { DatabaseForm, Parameters, Places, Row, SqlDatabase } from '../base/database.ts';
import { AppError } from '../base/errors.ts';
import { giveToOwnerOf, prepareParent } from './given-files.ts';

export type { DatabaseForm, Parameters, Row } from '../base/database.ts';

/** Several processes may have the same file open: each waits this long for another's statement. */
const busyTimeoutMs = 5000;
const lockedPauseMs = 20;

/** Opens or makes the file, mode 0600. Throws STORE_UNUSABLE. `:memory:` keeps nothing. */
export function openDatabase(file: string, form: DatabaseForm): Database {
  try {
    if (file !== ':memory:') prepareFile(file);
    const connection = new DatabaseSync(file, { timeout: busyTimeoutMs });
    try {
      useWriteAheadLog(connection);
      connection.exec(`PRAGMA synchronous = ${form.durability}`);
      migrate(connection, form.migrations);
    } catch (error) {
      connection.close();
      throw error;
    }
    return new Database(connection, file, form.durability);
  } catch (cause) {
    throw new AppError('STORE_UNUSABLE', {
      fault: 'config',
      publicText: 'the store cannot be used',
      details: { file },
      cause,
    });
  }
}

/** SQLite gives its other files the mode of this one. */
function prepareFile(file: string): void {
  const folder = prepareParent(file);
  try {
    // Only a new file is opened here: closing one that SQLite has open would drop its locks.
    closeSync(openSync(file, 'wx', 0o600));
    giveToOwnerOf(folder, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    chmodSync(file, 0o600);
  }
}

/**
 * Processes that make this change to a new file at the same moment are not made to wait for each other
 * by SQLite: each but one is refused at once.
 */
function useWriteAheadLog(connection: DatabaseSync): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 1; ; attempt += 1) {
    try {
      connection.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isLocked(error) || attempt * lockedPauseMs > busyTimeoutMs) throw error;
      Atomics.wait(pause, 0, 0, lockedPauseMs);
    }
  }
}

function isLocked(error: unknown): boolean {
  // SQLITE_BUSY, without the octet that says more.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

function migrate(connection: DatabaseSync, steps: readonly string[]): void {
  const stepsDone = (): number =>
    Number(connection.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (stepsDone() === steps.length) return;
  // Another process may be at it too; from here on it waits.
  connection.exec('BEGIN IMMEDIATE');
  try {
    const done = stepsDone();
    if (done > steps.length) throw new Error('the file belongs to a newer version of Postern');
    for (const step of steps.slice(done)) connection.exec(step);
    connection.exec(`PRAGMA user_version = ${steps.length}; COMMIT`);
  } catch (error) {
    connection.exec('ROLLBACK');
    throw error;
  }
}

/** Outside of `transaction`, every call is one statement and one transaction. */
export class Database implements SqlDatabase {
  readonly #connection: DatabaseSync;
  readonly #file: string;
  readonly #durability: DatabaseForm['durability'];
  /** By their text: statements are few and prepared once. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(
    connection: DatabaseSync,
    file: string,
    durability: DatabaseForm['durability'] = 'full',
  ) {
    this.#connection = connection;
    this.#file = file;
    this.#durability = durability;
  }

  all(sql: string, parameters: Parameters = {}): Row[] {
    try {
      return this.#statement(sql).all(parameters);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  *each(sql: string, parameters: Parameters = {}): Generator<Row, void, void> {
    try {
      // Its own statement: one that is being walked over cannot be asked again.
      yield* this.#connection.prepare(sql).iterate(parameters);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  get(sql: string, parameters: Parameters = {}): Row | undefined {
    try {
      return this.#statement(sql).get(parameters);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  /** Whether there is any row. */
  has(sql: string, places: Places): boolean {
    try {
      return this.#statement(sql).get(...places) !== undefined;
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  /** How many rows were changed. */
  run(sql: string, parameters: Parameters = {}): number {
    try {
      return Number(this.#statement(sql).run(parameters).changes);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  transaction<T>(work: () => T): T {
    this.run('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      // A full disk may have ended it already.
      if (this.#connection.isTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  /** A transaction that outlives a power failure, with all before it, whatever the form of the file says. */
  durableTransaction<T>(work: () => T): T {
    // By `exec`: a prepared PRAGMA acts when it is prepared, and only then.
    this.#connection.exec('PRAGMA synchronous = full');
    try {
      return this.transaction(work);
    } finally {
      this.#connection.exec(`PRAGMA synchronous = ${this.#durability}`);
    }
  }

  dataVersion(): number {
    return Number(this.get('PRAGMA data_version')?.['data_version']);
  }

  close(): void {
    if (this.#connection.isOpen) this.#connection.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#connection.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #failure(cause: unknown): AppError {
    return new AppError('STORE_FAILED', {
      fault: 'proxy',
      publicText: 'a store cannot be used at the moment, try again later',
      details: { file: this.#file },
      cause,
    });
  }
}
