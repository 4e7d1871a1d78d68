// Owns what is asked and written of models and their changes. It knows nothing of learning.
import type { Row, SqlDatabase } from '#plugin-api';
import type { Owner } from './owner.ts';

/** What a model in memory is compared with. */
export interface ModelState {
  readonly id: number;
  /** One more with each change. */
  readonly revision: number;
}

export interface KeptModel extends ModelState {
  /** Undefined: nothing but the default, at that revision. */
  readonly content: Buffer | undefined;
  readonly keptRevision: number;
}

export interface Change {
  readonly revision: number;
  readonly direction: 'apply' | 'revert';
  readonly step: Uint8Array;
}

export interface LessonsOfDay {
  readonly day: number;
  readonly lessons: number;
}

export class ModelRows {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** Asked for each message. */
  find({ user, host }: Owner): ModelState | undefined {
    const row = this.#database.get(
      'SELECT id, revision FROM model WHERE user = :user AND host = :host',
      { user, host },
    );
    return row && { id: numberOf(row, 'id'), revision: numberOf(row, 'revision') };
  }

  findOrMake(owner: Owner): ModelState {
    const { user, host } = owner;
    this.#database.run(
      'INSERT INTO model (user, host) VALUES (:user, :host) ON CONFLICT DO NOTHING',
      { user, host },
    );
    const made = this.find(owner);
    if (made === undefined) throw new Error('a model that was made is not there');
    return made;
  }

  load(id: number): KeptModel | undefined {
    const row = this.#database.get(
      'SELECT id, revision, kept_revision, content FROM model WHERE id = :id',
      { id },
    );
    if (row === undefined) return undefined;
    const content = octetsOf(row['content']);
    return {
      id,
      revision: numberOf(row, 'revision'),
      keptRevision: numberOf(row, 'kept_revision'),
      content,
    };
  }

  changesAfter(id: number, revision: number): Change[] {
    const rows = this.#database.all(
      `SELECT revision, direction, step FROM change
       WHERE model = :id AND revision > :revision ORDER BY revision`,
      { id, revision },
    );
    return rows.map((row) => ({
      revision: numberOf(row, 'revision'),
      direction: row['direction'] === 'revert' ? 'revert' : 'apply',
      step: octetsOf(row['step']) ?? Buffer.alloc(0),
    }));
  }

  addChange(id: number, { revision, direction, step }: Change, nowMs: number): void {
    this.#database.run(
      `INSERT INTO change (model, revision, direction, step)
       VALUES (:id, :revision, :direction, :step)`,
      { id, revision, direction, step },
    );
    this.#database.run('UPDATE model SET revision = :revision, changed = :nowMs WHERE id = :id', {
      id,
      revision,
      nowMs,
    });
  }

  /** The model as it is at `revision`: its changes up to there are in it. */
  keep(id: number, revision: number, content: Buffer, nowMs: number): void {
    this.#database.run(
      `UPDATE model SET content = :content, revision = :revision, kept_revision = :revision,
         changed = :nowMs
       WHERE id = :id`,
      { id, revision, content, nowMs },
    );
    this.#database.run('DELETE FROM change WHERE model = :id AND revision <= :revision', {
      id,
      revision,
    });
  }

  lessonsOfDay(id: number): LessonsOfDay {
    const row = this.#database.get('SELECT day, lessons_of_day FROM model WHERE id = :id', { id });
    if (row === undefined) return { day: 0, lessons: 0 };
    return { day: numberOf(row, 'day'), lessons: numberOf(row, 'lessons_of_day') };
  }

  setLessonsOfDay(id: number, { day, lessons }: LessonsOfDay): void {
    this.#database.run('UPDATE model SET day = :day, lessons_of_day = :lessons WHERE id = :id', {
      id,
      day,
      lessons,
    });
  }

  /** With its lessons; false when there was none. */
  remove({ user, host }: Owner): boolean {
    return (
      this.#database.run('DELETE FROM model WHERE user = :user AND host = :host', { user, host }) >
      0
    );
  }

  *owners(): Iterable<Owner & { readonly id: number; readonly changedMs: number }> {
    for (const row of this.#database.each(
      'SELECT id, user, host, changed FROM model WHERE revision > 0 ORDER BY host, user',
    )) {
      yield {
        id: numberOf(row, 'id'),
        user: String(row['user']),
        host: String(row['host']),
        changedMs: numberOf(row, 'changed'),
      };
    }
  }
}

function numberOf(row: Row, column: string): number {
  return Number(row[column]);
}

function octetsOf(value: unknown): Buffer | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
