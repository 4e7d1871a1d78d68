// Owns the quarantine: originals in sealed files, and an index that says which of them count. Several
// processes may use one folder at once, so that nothing is remembered here but what this process is
// storing at the moment. It never decides what is quarantined.
import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import type { SqliteLetterBox } from './letter-box.ts';
import { parseQuarantineCode } from './quarantine-code.ts';
import type { QuarantineContents } from './quarantine-contents.ts';
import type { QuarantineIndex } from './quarantine-index.ts';
import type { IndexedEntry } from './quarantine-row.ts';
import { hasContent } from './quarantine-states.ts';
import type {
  MaildropOwner,
  Quarantine,
  QuarantineEntry,
  QuarantineQuery,
  QuarantineRecord,
  QuarantineState,
  StoredQuarantine,
} from './store.ts';

const dayMs = 86_400_000;
/** How long it is remembered that content is gone: whoever asks again is told so. */
const rememberedMs = 400 * dayMs;
/** No process takes longer to store one message. */
const leftOverAfterMs = dayMs;

export interface Retention {
  /** Counted from the last change of state. */
  readonly maxAgeMs: number;
  /** Of all originals together. */
  readonly maxBytes: number;
}

export interface QuarantineParts {
  readonly index: QuarantineIndex;
  readonly contents: QuarantineContents;
  readonly letters: SqliteLetterBox;
  readonly retention: Retention;
  nowMs(): number;
}

/** The same for the same message in the same maildrop, so that a second RETR stores nothing again. */
export function quarantineId(
  record: Pick<QuarantineRecord, 'user' | 'upstreamHost' | 'uidl' | 'sha256'>,
): string {
  // JSON keeps the borders between the values; joined text would not.
  const identity = [record.user, record.upstreamHost, record.uidl ?? null, record.sha256];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

export class QuarantineStore implements Quarantine {
  readonly #parts: QuarantineParts;
  readonly #running = new Map<string, Promise<StoredQuarantine>>();

  constructor(parts: QuarantineParts) {
    this.#parts = parts;
  }

  async put(record: QuarantineRecord, content: AsyncIterable<Buffer>): Promise<StoredQuarantine> {
    const id = quarantineId(record);
    let running = this.#running.get(id);
    while (running !== undefined) {
      const stored = await running.catch(() => undefined);
      if (stored !== undefined) return { ...stored, isNew: false };
      // The failure may have been that of the other's source: try with our own.
      running = this.#running.get(id);
    }
    const storing = this.#store(id, record, content);
    this.#running.set(id, storing);
    try {
      return await storing;
    } catch (cause) {
      throw new AppError('QUARANTINE_FAILED', {
        fault: 'proxy',
        publicText: 'the message cannot be stored at the moment, try again later',
        details: { id },
        cause,
      });
    } finally {
      this.#running.delete(id);
    }
  }

  async find(idOrCode: string): Promise<QuarantineEntry | undefined> {
    const { index } = this.#parts;
    const id = idOrCode.trim().toLowerCase();
    if (/^[0-9a-f]{32}$/.test(id)) return index.find(id)?.entry;
    const code = parseQuarantineCode(idOrCode);
    return code === undefined ? undefined : index.findByCode(code)?.entry;
  }

  async concerns(owner: MaildropOwner): Promise<boolean> {
    return this.#parts.index.concerns(owner);
  }

  async list(query: QuarantineQuery): Promise<QuarantineEntry[]> {
    return this.#parts.index.list(query).map(({ entry }) => entry);
  }

  async *read(id: string): AsyncGenerator<Buffer> {
    const { entry, content } = this.#get(id);
    if (!hasContent(entry.state)) throw notFound(id, `it is ${entry.state}: its content is gone`);
    try {
      // What opens under this id is what was judged: the id is made of its digest.
      yield* this.#parts.contents.read(content, id);
    } catch (cause) {
      throw new AppError('QUARANTINE_DAMAGED', {
        fault: 'proxy',
        publicText: 'the stored message is damaged',
        responseCode: 'SYS/PERM',
        details: { id, content },
        cause,
      });
    }
  }

  async isSafe(id: string): Promise<boolean> {
    const found = this.#parts.index.find(id);
    return found !== undefined && this.#isWhole(found);
  }

  /** An entry that is in this state already stays as it is. */
  async mark(id: string, state: Exclude<QuarantineState, 'held'>): Promise<QuarantineEntry> {
    const { index, contents } = this.#parts;
    const before = this.#get(id);
    const isChanged = index.change(id, state);
    const { entry } = this.#get(id);
    if (!isChanged && entry.state !== state) {
      throw new AppError('QUARANTINE_STATE', {
        fault: 'proxy',
        publicText: `a message that is ${entry.state} cannot become ${state}`,
        details: { id, code: entry.code },
      });
    }
    // The row first: a crash in between leaves a file too many, never a row without its content.
    if (isChanged && !hasContent(state)) await contents.remove(before.content);
    return entry;
  }

  async expire(): Promise<number> {
    const { index, contents, letters, retention } = this.#parts;
    const expired = [
      ...index.expireByAge(retention.maxAgeMs),
      ...index.expireBySize(retention.maxBytes),
    ];
    for (const content of expired) await contents.remove(content);
    letters.expire(retention.maxAgeMs);
    index.forget(rememberedMs);
    letters.forget(rememberedMs);
    const olderThanMs = this.#parts.nowMs() - leftOverAfterMs;
    await contents.removeLeftOvers(olderThanMs, (name) => index.isWanted(name));
    return expired.length;
  }

  close(): void {
    this.#parts.index.close();
  }

  async #store(
    id: string,
    record: QuarantineRecord,
    content: AsyncIterable<Buffer>,
  ): Promise<StoredQuarantine> {
    const { index, contents } = this.#parts;
    const known = index.find(id);
    if (known !== undefined && (await this.#isGenuine(known))) {
      // The policy may have changed since, and what is hidden from now on is known by this.
      if (known.entry.action !== record.action) index.setAction(id, record.action);
      return { id, code: known.entry.code, isNew: false };
    }
    const written = await contents.write(id, verified(record, content));
    try {
      const { code, isTaken } = index.add(id, record, written, known?.content);
      if (!isTaken) await contents.remove(written);
      else if (known !== undefined) await contents.remove(known.content);
      return { id, code, isNew: isTaken };
    } catch (error) {
      await contents.remove(written);
      throw error;
    }
  }

  /** The message is at hand: the last occasion to notice and to mend damage. */
  async #isGenuine({ entry, content }: IndexedEntry): Promise<boolean> {
    const { contents } = this.#parts;
    return hasContent(entry.state) && (await contents.isGenuine(content, entry.id, entry.octets));
  }

  async #isWhole({ entry, content }: IndexedEntry): Promise<boolean> {
    return hasContent(entry.state) && (await this.#parts.contents.isWhole(content, entry.octets));
  }

  #get(id: string): IndexedEntry {
    const found = this.#parts.index.find(id);
    if (found === undefined) throw notFound(id, 'there is no such entry');
    return found;
  }
}

function notFound(id: string, reason: string): AppError {
  return new AppError('QUARANTINE_NOT_FOUND', {
    fault: 'proxy',
    publicText: 'the quarantine does not have this message',
    details: { id },
    cause: new Error(reason),
  });
}

/** Passes the octets on and throws at the end unless they are those that were judged. */
async function* verified(
  { octets, sha256 }: QuarantineRecord,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let seen = 0;
  for await (const chunk of content) {
    seen += chunk.length;
    if (seen > octets) throw new Error(`the message has more than the announced ${octets} octets`);
    hash.update(chunk);
    yield chunk;
  }
  if (seen < octets) throw new Error(`the message ended after ${seen} of ${octets} octets`);
  if (hash.digest('hex') !== sha256) throw new Error('the message is not the one that was judged');
}
