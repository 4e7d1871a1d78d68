// Owns the letters that Postern puts into maildrops itself: sealed, in the index of the quarantine. It
// never decides what is written, and neither when.
import { type KeyObject, randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { seal, unseal } from './sealed-file.ts';
import type { Database, Parameters } from './sqlite.ts';
import type { Letter, LetterBox, MaildropOwner } from './store.ts';

export class SqliteLetterBox implements LetterBox {
  readonly #database: Database;
  readonly #key: KeyObject;
  readonly #clock: Clock;

  /** The database has the table of `quarantineMigrations`. */
  constructor(database: Database, key: KeyObject, clock: Clock) {
    this.#database = database;
    this.#key = key;
    this.#clock = clock;
  }

  async post(owner: MaildropOwner, content: Buffer): Promise<Letter> {
    const letter: Letter = {
      id: randomBytes(16).toString('hex'),
      octets: content.length,
      postedAtMs: this.#clock.nowMs(),
    };
    const sealed = await joined(seal(this.#key, labelOf(letter.id), [content]));
    this.#database.run(
      `INSERT INTO letter (id, user, upstream_host, posted_at, octets, content)
       VALUES (:id, :user, :host, :postedAtMs, :octets, :sealed)`,
      { ...letter, ...parametersOf(owner), sealed },
    );
    return letter;
  }

  async list(owner: MaildropOwner): Promise<Letter[]> {
    const rows = this.#database.all(
      `SELECT id, octets, posted_at FROM letter
       WHERE user = :user AND upstream_host = :host AND content IS NOT NULL
       ORDER BY posted_at, number`,
      parametersOf(owner),
    );
    return rows.map((row) => ({
      id: String(row['id']),
      octets: Number(row['octets']),
      postedAtMs: Number(row['posted_at']),
    }));
  }

  async read(id: string): Promise<Buffer> {
    const row = this.#database.get('SELECT octets, content FROM letter WHERE id = :id', { id });
    const sealed = row?.['content'];
    try {
      if (!(sealed instanceof Uint8Array)) throw new Error('there is no such letter');
      return await joined(unseal(this.#key, labelOf(id), [Buffer.from(sealed)]));
    } catch (cause) {
      throw new AppError('LETTER_UNREADABLE', {
        fault: 'proxy',
        publicText: 'the letter cannot be read',
        responseCode: 'SYS/PERM',
        details: { id },
        cause,
      });
    }
  }

  /** The row stays, for the time of posting. */
  async delete(id: string): Promise<void> {
    this.#database.run('UPDATE letter SET content = NULL WHERE id = :id', { id });
  }

  async lastPostedAtMs(owner: MaildropOwner): Promise<number | undefined> {
    const row = this.#database.get(
      'SELECT max(posted_at) AS last FROM letter WHERE user = :user AND upstream_host = :host',
      parametersOf(owner),
    );
    return typeof row?.['last'] === 'number' ? row['last'] : undefined;
  }

  /** Deletes letters that nobody has fetched for so long. */
  expire(maxAgeMs: number): void {
    this.#database.run('UPDATE letter SET content = NULL WHERE posted_at < :beforeMs', {
      beforeMs: this.#clock.nowMs() - maxAgeMs,
    });
  }

  /** Forgets when letters were posted. */
  forget(afterMs: number): void {
    this.#database.run('DELETE FROM letter WHERE content IS NULL AND posted_at < :beforeMs', {
      beforeMs: this.#clock.nowMs() - afterMs,
    });
  }
}

/** Neither a letter nor an original opens in the place of the other. */
function labelOf(id: string): string {
  return `letter ${id}`;
}

function parametersOf({ user, upstreamHost }: MaildropOwner): Parameters {
  return { user, host: upstreamHost };
}

async function joined(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
