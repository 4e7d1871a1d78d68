// Owns what is asked and written of lessons that were given. It knows nothing of learning.
import type { Row, SqlDatabase } from '#plugin-api';

export type Label = 'ham' | 'spam';
export type LessonWeight = 'correction' | 'confirmation';

export interface GivenLesson {
  readonly message: Buffer;
  readonly label: Label;
  readonly weight: LessonWeight;
  readonly source: string;
  readonly taughtMs: number;
  /** Undefined once it is too old to be taken back. */
  readonly step: Uint8Array | undefined;
}

export interface LessonCounts {
  readonly ham: number;
  readonly spam: number;
}

export class LessonRows {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  find(model: number, message: Buffer): GivenLesson | undefined {
    const row = this.#database.get(
      'SELECT * FROM lesson WHERE model = :model AND message = :message',
      { model, message },
    );
    return row && toLesson(row);
  }

  put(model: number, { message, label, weight, source, taughtMs, step }: GivenLesson): void {
    this.#database.run(
      `INSERT OR REPLACE INTO lesson (model, message, label, weight, source, taught, step)
       VALUES (:model, :message, :label, :weight, :source, :taughtMs, :step)`,
      { model, message, label, weight, source, taughtMs, step: step ?? null },
    );
  }

  remove(model: number, message: Buffer): void {
    this.#database.run('DELETE FROM lesson WHERE model = :model AND message = :message', {
      model,
      message,
    });
  }

  /** In the order in which they were given. */
  *each(model: number): Iterable<GivenLesson> {
    for (const row of this.#database.each(
      'SELECT * FROM lesson WHERE model = :model ORDER BY taught, message',
      { model },
    )) {
      yield toLesson(row);
    }
  }

  count(model: number): LessonCounts {
    const rows = this.#database.all(
      'SELECT label, count(*) AS lessons FROM lesson WHERE model = :model GROUP BY label',
      { model },
    );
    const of = (label: Label): number =>
      Number(rows.find((row) => row['label'] === label)?.['lessons'] ?? 0);
    return { ham: of('ham'), spam: of('spam') };
  }

  /**
   * Of the newest `steps` lessons the steps stay, of ten times as many the knowledge that they were given,
   * so that the same message is not learned twice.
   */
  trim(model: number, steps: number): void {
    const before = (count: number): number | undefined => {
      const row = this.#database.get(
        `SELECT taught FROM lesson WHERE model = :model ORDER BY taught DESC LIMIT 1 OFFSET :count`,
        { model, count },
      );
      return row && Number(row['taught']);
    };
    const oldestStep = before(steps);
    if (oldestStep === undefined) return;
    this.#database.run(
      `UPDATE lesson SET step = NULL
       WHERE model = :model AND taught <= :oldestStep AND step IS NOT NULL`,
      { model, oldestStep },
    );
    const oldest = before(steps * 10);
    if (oldest === undefined) return;
    this.#database.run('DELETE FROM lesson WHERE model = :model AND taught <= :oldest', {
      model,
      oldest,
    });
  }

  /** Of all models. */
  forgetBefore(taughtMs: number): void {
    this.#database.run('DELETE FROM lesson WHERE taught < :taughtMs', { taughtMs });
  }
}

function toLesson(row: Row): GivenLesson {
  const step = row['step'];
  return {
    message: octets(row['message']),
    label: row['label'] === 'spam' ? 'spam' : 'ham',
    weight: row['weight'] === 'confirmation' ? 'confirmation' : 'correction',
    source: String(row['source']),
    taughtMs: Number(row['taught']),
    step: step instanceof Uint8Array ? step : undefined,
  };
}

function octets(value: unknown): Buffer {
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0);
}
