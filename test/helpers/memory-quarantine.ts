// Owns a quarantine and a letter box in memory, for tests of rooms above the stores.
import { AppError } from '../../src/base/errors.ts';
import type {
  Letter,
  LetterBox,
  MaildropOwner,
  Quarantine,
  QuarantineEntry,
  QuarantineRecord,
} from '../../src/stores/store.ts';
import { collect } from './pipeline.ts';

interface Kept {
  readonly record: QuarantineRecord;
  readonly content: Buffer;
}

export interface MemoryQuarantine extends Quarantine {
  readonly kept: readonly Kept[];
  /** Takes away the content behind the back of everybody. */
  lose(id: string): void;
}

export function memoryQuarantine(nowMs: () => number = () => 0): MemoryQuarantine {
  const kept: Kept[] = [];
  const entries = new Map<string, QuarantineEntry>();
  const contents = new Map<string, Buffer>();
  const find = (id: string): QuarantineEntry | undefined =>
    entries.get(id) ?? [...entries.values()].find(({ code }) => code === id);
  return {
    kept,
    lose: (id) => void contents.delete(id),
    async put(record, content) {
      const octets = await collect(content);
      kept.push({ record, content: octets });
      const id = `id-${kept.length}`;
      const code = `CODE-${kept.length}`;
      const times = { storedAtMs: nowMs(), changedAtMs: nowMs() };
      entries.set(id, { ...record, id, code, state: 'held', ...times });
      contents.set(id, octets);
      return { id, code, isNew: true };
    },
    // Letters are elsewhere, so in doubt it does.
    concerns: async () => true,
    find: async (id) => find(id),
    list: async ({ owner = {}, states, uidls, storedSinceMs = 0 }) =>
      [...entries.values()].filter(
        (entry) =>
          isOf(owner, entry) &&
          (states?.includes(entry.state) ?? true) &&
          (uidls === undefined || (entry.uidl !== undefined && uidls.includes(entry.uidl))) &&
          entry.storedAtMs >= storedSinceMs,
      ),
    async *read(id) {
      const content = contents.get(id);
      if (content === undefined) {
        throw new AppError('QUARANTINE_DAMAGED', { fault: 'proxy', publicText: 'it is gone' });
      }
      yield content;
    },
    isSafe: async (id) => contents.has(id),
    async mark(id, state) {
      const entry = find(id);
      if (entry === undefined) throw new Error(`no entry ${id}`);
      const next = { ...entry, state, changedAtMs: nowMs() };
      entries.set(entry.id, next);
      if (state !== 'released') contents.delete(entry.id);
      return next;
    },
    expire: async () => 0,
    close() {},
  };
}

function isOf(owner: Partial<MaildropOwner>, entry: MaildropOwner): boolean {
  return (
    (owner.user ?? entry.user) === entry.user &&
    (owner.upstreamHost ?? entry.upstreamHost) === entry.upstreamHost
  );
}

export function memoryLetters(nowMs: () => number = () => 0): LetterBox {
  const letters = new Map<string, Letter & { owner: MaildropOwner; content: Buffer }>();
  const lastMs = new Map<string, number>();
  const keyOf = ({ user, upstreamHost }: MaildropOwner): string => `${user} ${upstreamHost}`;
  let count = 0;
  return {
    async post(owner, content) {
      count += 1;
      const letter = { id: `letter-${count}`, octets: content.length, postedAtMs: nowMs() };
      letters.set(letter.id, { ...letter, owner, content });
      lastMs.set(keyOf(owner), nowMs());
      return letter;
    },
    list: async (owner) =>
      [...letters.values()].filter((each) => keyOf(each.owner) === keyOf(owner)),
    async read(id) {
      const letter = letters.get(id);
      if (letter === undefined) throw new Error(`no letter ${id}`);
      return letter.content;
    },
    delete: async (id) => void letters.delete(id),
    lastPostedAtMs: async (owner) => lastMs.get(keyOf(owner)),
  };
}
