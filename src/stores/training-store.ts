// Owns what a later lesson needs: the beginning of recent messages, sealed, and the lessons that nobody has
// given yet. Several processes use one file at once: who writes down a lesson need not be who gives it. It
// decides neither what is kept nor what is learned.
import { createHash, type KeyObject } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { seal, unseal } from './sealed-file.ts';
import { type Database, openDatabase, type Row } from './sqlite.ts';
import type { MaildropOwner } from './store.ts';
import { trainingTables } from './training-tables.ts';

export type SpamWord = 'ham' | 'unsure' | 'spam';

/** What a message is, for everything that will be learned from it. */
export interface MessageIdentity {
  /** Undefined for what is in nobody's maildrop: it teaches what all have in common. */
  readonly account: MaildropOwner | undefined;
  readonly uidl: string | undefined;
  /** Of the whole message, in lower-case hex. */
  readonly sha256: string;
}

export interface KeptMessage {
  /** 16 octets. */
  readonly id: Buffer;
  readonly account: MaildropOwner | undefined;
  readonly uidl: string | undefined;
  /** What it was judged to be; undefined where no engine had an opinion. */
  readonly judged: SpamWord | undefined;
  /** What has been learned from it by now. */
  readonly taught: 'ham' | 'spam' | undefined;
  readonly sender: 'allow' | 'block' | undefined;
}

/** `forget` takes back spam and ham, `unlist` takes back what was said of the sender. */
export type LessonWord = 'spam' | 'ham' | 'forget' | 'allow' | 'block' | 'unlist';
export type LessonSource = 'command' | 'link' | 'quarantine' | 'forwarded';

export interface NotedLesson {
  readonly message: Buffer;
  readonly what: LessonWord;
  readonly weight: 'correction' | 'confirmation';
  readonly source: LessonSource;
}

export interface WaitingLesson extends NotedLesson {
  readonly number: number;
  /** How often it has been tried, this time included. */
  readonly attempts: number;
}

export interface TrainingLimits {
  readonly maxAgeMs: number;
  readonly maxMessages: number;
  /** Of all beginnings together. */
  readonly maxBytes: number;
}

/** In the state folder. */
export const trainingFile = 'training.db';

/** Nobody takes longer to give one lesson; whoever had it has ended. */
const claimedMs = 300_000;
const firstPauseMs = 30_000;
const longestPauseMs = 6 * 3_600_000;
const expireEvery = 64;
/** Of the octets that there may be, after too many of them were noticed. */
const keptShare = 0.95;

/** The same for the same message in the same maildrop. */
export function messageIdOf({ account, uidl, sha256 }: MessageIdentity): Buffer {
  // JSON keeps the borders between the values; joined text would not.
  const identity = [account?.user ?? null, account?.upstreamHost ?? null, uidl ?? null, sha256];
  return createHash('sha256').update(JSON.stringify(identity)).digest().subarray(0, 16);
}

/** Opens or makes the file, mode 0600. Throws STORE_UNUSABLE. `:memory:` keeps nothing. */
export function openTrainingStore(
  file: string,
  key: KeyObject,
  clock: Clock,
  limits: TrainingLimits,
): TrainingStore {
  // Messages are flushed now and then, since there is one for each delivery; a lesson at once: see `note`.
  const database = openDatabase(file, { migrations: [trainingTables], durability: 'normal' });
  return new TrainingStore(database, key, clock, limits);
}

export class TrainingStore {
  readonly #database: Database;
  readonly #key: KeyObject;
  readonly #clock: Clock;
  #limits: TrainingLimits;
  #untilExpiry = expireEvery;

  constructor(database: Database, key: KeyObject, clock: Clock, limits: TrainingLimits) {
    this.#database = database;
    this.#key = key;
    this.#clock = clock;
    this.#limits = limits;
  }

  setLimits(limits: TrainingLimits): void {
    this.#limits = limits;
  }

  /** The beginning of a message, which `content` yields; not read when it is there already. */
  async keep(
    identity: MessageIdentity,
    judged: SpamWord | undefined,
    content: () => Promise<Buffer>,
  ): Promise<Buffer> {
    const id = messageIdOf(identity);
    const nowMs = this.#clock.nowMs();
    const isKnown = this.#database.run(
      `UPDATE message SET kept_at = :nowMs, judged = coalesce(:judged, judged) WHERE id = :id`,
      { id, nowMs, judged: judged ?? null },
    );
    if (isKnown > 0) return id;
    const octets = await content();
    const sealed = await joined(seal(this.#key, labelOf(id), [octets]));
    const { account, uidl } = identity;
    this.#database.run(
      `INSERT OR IGNORE INTO message
         (id, user, upstream_host, uidl, judged, kept_at, octets, content)
       VALUES (:id, :user, :host, :uidl, :judged, :nowMs, :octets, :sealed)`,
      {
        id,
        user: account?.user ?? null,
        host: account?.upstreamHost ?? null,
        uidl: uidl ?? null,
        judged: judged ?? null,
        nowMs,
        octets: sealed.length,
        sealed,
      },
    );
    this.#untilExpiry -= 1;
    if (this.#untilExpiry <= 0) this.expire();
    return id;
  }

  find(id: Buffer): KeptMessage | undefined {
    const row = this.#database.get(
      'SELECT id, user, upstream_host, uidl, judged, taught, sender FROM message WHERE id = :id',
      { id },
    );
    return row === undefined ? undefined : toKeptMessage(row);
  }

  /** Rejects with TRAINING_MESSAGE_UNREADABLE when it is gone or not what was kept. */
  async read(id: Buffer): Promise<Buffer> {
    const row = this.#database.get('SELECT content FROM message WHERE id = :id', { id });
    const sealed = row?.['content'];
    try {
      if (!(sealed instanceof Uint8Array)) throw new Error('there is no such message');
      return await joined(unseal(this.#key, labelOf(id), [Buffer.from(sealed)]));
    } catch (cause) {
      throw new AppError('TRAINING_MESSAGE_UNREADABLE', {
        fault: 'proxy',
        publicText: 'the message cannot be learned from any more',
        details: { message: id.toString('hex') },
        cause,
      });
    }
  }

  /**
   * Takes the place of a lesson about the same that has not been given yet; returns its number. It
   * outlives a power failure, and so does its message.
   */
  note({ message, what, weight, source }: NotedLesson): number {
    const words = JSON.stringify(isAboutSender(what) ? senderWords : contentWords);
    return this.#database.durableTransaction(() => {
      this.#database.run(
        `DELETE FROM lesson
         WHERE message = :message AND what IN (SELECT value FROM json_each(:words))`,
        { message, words },
      );
      const row = this.#database.get(
        `INSERT INTO lesson (message, what, weight, source, due_at, attempts)
         VALUES (:message, :what, :weight, :source, :nowMs, 0) RETURNING number`,
        { message, what, weight, source, nowMs: this.#clock.nowMs() },
      );
      return Number(row?.['number']);
    });
  }

  /** A lesson that is due, for this process alone until it is settled; this one, or the first of all. */
  claim(number?: number): WaitingLesson | undefined {
    const nowMs = this.#clock.nowMs();
    const [row] = this.#database.all(
      `UPDATE lesson SET due_at = :untilMs, attempts = attempts + 1 WHERE number = (
         SELECT number FROM lesson
         WHERE due_at <= :nowMs AND (:number IS NULL OR number = :number)
         ORDER BY number LIMIT 1
       ) RETURNING *`,
      { nowMs, untilMs: nowMs + claimedMs, number: number ?? null },
    );
    return row === undefined ? undefined : toWaitingLesson(row);
  }

  /** It has been given. */
  settle(lesson: WaitingLesson): void {
    this.remember(lesson);
    this.drop(lesson);
  }

  /** What its reader has said of a message. */
  remember({ message, what }: Pick<NotedLesson, 'message' | 'what'>): void {
    const column = isAboutSender(what) ? 'sender' : 'taught';
    const value = what === 'forget' || what === 'unlist' ? null : what;
    this.#database.run(`UPDATE message SET ${column} = :value WHERE id = :message`, {
      message,
      value,
    });
  }

  drop({ number }: Pick<WaitingLesson, 'number'>): void {
    this.#database.run('DELETE FROM lesson WHERE number = :number', { number });
  }

  /** It could not be given: longer and longer pauses. */
  postpone({ number, attempts }: WaitingLesson): void {
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1));
    this.#database.run('UPDATE lesson SET due_at = :dueMs WHERE number = :number', {
      number,
      dueMs: this.#clock.nowMs() + pauseMs,
    });
  }

  get waiting(): number {
    return Number(this.#database.get('SELECT count(*) AS count FROM lesson')?.['count']);
  }

  /** Forgets what is too old or too much, the oldest first; returns how many messages. */
  expire(): number {
    this.#untilExpiry = expireEvery;
    const { maxAgeMs, maxMessages, maxBytes } = this.#limits;
    const gone =
      this.#database.run(
        `DELETE FROM message WHERE kept_at < :beforeMs OR rowid IN (
           SELECT rowid FROM message ORDER BY kept_at DESC LIMIT -1 OFFSET :maxMessages
         )`,
        { beforeMs: this.#clock.nowMs() - maxAgeMs, maxMessages },
      ) + this.#expireBySize(maxBytes);
    if (gone > 0) {
      this.#database.run('DELETE FROM lesson WHERE message NOT IN (SELECT id FROM message)');
    }
    return gone;
  }

  close(): void {
    this.#database.close();
  }

  /** A little more than has to go, so that the costly way is gone seldom. */
  #expireBySize(maxBytes: number): number {
    const total = this.#database.get('SELECT sum(octets) AS total FROM message')?.['total'];
    if (Number(total) <= maxBytes) return 0;
    return this.#database.run(
      `DELETE FROM message WHERE rowid IN (
         SELECT rowid FROM (
           SELECT rowid, sum(octets) OVER (
             ORDER BY kept_at DESC, rowid DESC ROWS UNBOUNDED PRECEDING
           ) AS total
           FROM message
         ) WHERE total > :keptBytes
       )`,
      { keptBytes: Math.floor(maxBytes * keptShare) },
    );
  }
}

const contentWords: readonly LessonWord[] = ['spam', 'ham', 'forget'];
const senderWords: readonly LessonWord[] = ['allow', 'block', 'unlist'];

export function isAboutSender(what: LessonWord): what is 'allow' | 'block' | 'unlist' {
  return senderWords.includes(what);
}

function labelOf(id: Buffer): string {
  return `training message ${id.toString('hex')}`;
}

function toKeptMessage(row: Row): KeptMessage {
  const user = textOf(row['user']);
  return {
    id: octetsOf(row['id']),
    account: user === undefined ? undefined : { user, upstreamHost: String(row['upstream_host']) },
    uidl: textOf(row['uidl']),
    judged: oneOf(['ham', 'unsure', 'spam'] as const, row['judged']),
    taught: oneOf(['ham', 'spam'] as const, row['taught']),
    sender: oneOf(['allow', 'block'] as const, row['sender']),
  };
}

function toWaitingLesson(row: Row): WaitingLesson {
  return {
    number: Number(row['number']),
    message: octetsOf(row['message']),
    what: oneOf([...contentWords, ...senderWords], row['what']) ?? 'forget',
    weight: oneOf(['correction', 'confirmation'] as const, row['weight']) ?? 'confirmation',
    source: oneOf(['command', 'link', 'quarantine', 'forwarded'] as const, row['source']) ?? 'link',
    attempts: Number(row['attempts']),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function octetsOf(value: unknown): Buffer {
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.alloc(0);
}

function oneOf<const Word extends string>(
  words: readonly Word[],
  value: unknown,
): Word | undefined {
  return words.find((word) => word === value);
}

async function joined(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
