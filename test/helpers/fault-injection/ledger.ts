// Owns the book of one account: what was put into its maildrop, what its client has by now, and whether
// after each session all of it is still somewhere. It looks nowhere itself.
import type { HeldEntry } from './administrator.ts';
import { type Form, type Reading, readDigest, readReleased, readUpstream } from './forms.ts';
import { isWithheld, type SampleMail } from './sample-mail.ts';
import {
  type Deletion,
  type ReceivedMessage,
  type SessionRecord,
  storyOf,
} from './session-record.ts';

/** Where messages are now. */
export interface Whereabouts {
  /** Digests of what the maildrop of the mail server holds, read from its disk. */
  readonly maildrop: ReadonlySet<string>;
  readonly entries: readonly HeldEntry[];
  /** Of the content that quarantine gives out; undefined when it gives none to its end. */
  contentSha256(id: string): Promise<string | undefined>;
}

export interface Taken {
  readonly forms: readonly Form[];
  readonly problems: readonly string[];
}

interface Copy {
  readonly uidl: string;
  readonly mail: SampleMail;
  /** The client has the whole original. */
  isHeld: boolean;
  /** The client did not want it, or left before it was given what it told to delete. */
  isGivenUp: boolean;
  /** `may`: a deletion was under way when the session ended. */
  deletion: 'none' | 'may' | 'done';
  /** What each session meant for it. */
  readonly stories: string[];
}

const releasedUidl = /^postern-([0-9a-f]{32})$/;
const letterUidl = /^postern-letter-/;

export class Ledger {
  readonly #copies = new Map<string, Copy>();
  /** Ids of entries by what was done to them on purpose. */
  readonly #released = new Set<string>();
  readonly #discarded = new Set<string>();
  readonly #collected = new Set<string>();
  #sessions = 0;

  /** A message is in the maildrop, under this UIDL. */
  delivered(uidl: string, mail: SampleMail): void {
    const fate = { isHeld: false, isGivenUp: false, deletion: 'none' } as const;
    this.#copies.set(uidl, { uidl, mail, ...fate, stories: [] });
  }

  knows(uidl: string): boolean {
    return this.#copies.has(uidl);
  }

  marked(id: string, state: 'released' | 'discarded'): void {
    (state === 'released' ? this.#released : this.#discarded).add(id);
  }

  /** Reads what came in a session. Once for each session, before `missing`. */
  take(session: SessionRecord, entries: readonly HeldEntry[]): Taken {
    const forms: Form[] = [];
    const problems: string[] = [];
    for (const given of session.received) {
      const { reading, copy } = this.#read(given, entries);
      if (reading.kind === 'wrong') {
        problems.push(`${given.uidl} looks complete and is wrong: ${reading.why}`);
        continue;
      }
      forms.push(reading.kind);
      const isOriginal = ['original', 'tagged', 'released'].includes(reading.kind);
      if (isOriginal && copy !== undefined) copy.isHeld = true;
    }
    problems.push(...this.#leaks(session, entries), ...deletionProblems(session));
    if (session.isSilent) problems.push('an answer did not come for too long');
    this.#settleDeletions(session, entries);
    this.#sessions += 1;
    for (const { uidl, stories } of this.#copies.values()) {
      const story = storyOf(uidl, session);
      if (story !== '') stories.push(`session ${this.#sessions}: ${story}`);
    }
    return { forms, problems };
  }

  /** What does not add up. May be asked again: what is on its way somewhere is then there. */
  async missing(session: SessionRecord, now: Whereabouts): Promise<string[]> {
    const problems: string[] = [];
    for (const copy of this.#copies.values()) {
      const problem = await this.#problemOf(copy, now);
      if (problem === undefined) continue;
      const { uidl, mail, stories } = copy;
      problems.push([`${uidl} (${mail.kind}): ${problem}`, ...stories].join('\n    '));
    }
    const done = isConfirmed(session) ? acceptedDeletions(session) : [];
    for (const entry of now.entries) {
      const isDeleted = done.some(({ uidl }) => releasedUidl.exec(uidl)?.[1] === entry.id);
      const problem = this.#problemOfEntry(entry, isDeleted);
      if (problem !== undefined) problems.push(`quarantine ${entry.id}: ${problem}`);
    }
    return problems;
  }

  #read(
    given: ReceivedMessage,
    entries: readonly HeldEntry[],
  ): { readonly reading: Reading; readonly copy?: Copy } {
    const { uidl } = given;
    if (letterUidl.test(uidl)) return { reading: readDigest(given) };
    const id = releasedUidl.exec(uidl)?.[1];
    if (id === undefined) {
      const copy = this.#copies.get(uidl);
      if (copy === undefined) return { reading: { kind: 'wrong', why: 'nobody has sent it' } };
      return { reading: readUpstream(given, copy.mail, entries), copy };
    }
    const entry = entries.find((each) => each.id === id);
    const copy = this.#copyOf(entry?.sha256);
    if (entry === undefined || copy === undefined) {
      return { reading: { kind: 'wrong', why: 'quarantine does not know it' } };
    }
    if (!this.#released.has(id)) return { reading: { kind: 'wrong', why: 'nobody released it' } };
    return { reading: readReleased(given, copy.mail), copy };
  }

  /** Also of a message that broke off nothing may come that has to be kept back. */
  #leaks({ octets }: SessionRecord, entries: readonly HeldEntry[]): string[] {
    const problems: string[] = [];
    for (const { uidl, mail } of this.#copies.values()) {
      if (!isWithheld(mail) || !octets.includes(mail.secret)) continue;
      const own = entries.filter(({ sha256 }) => sha256 === mail.sha256);
      if (own.some(({ id }) => this.#released.has(id))) continue;
      problems.push(`${uidl} (${mail.kind}) has reached the client`);
    }
    return problems;
  }

  #settleDeletions(session: SessionRecord, entries: readonly HeldEntry[]): void {
    if (session.quit === 'no' || session.reset === 'ok') return;
    for (const { uidl, motive, reply } of acceptedDeletions(session, 'or unknown')) {
      const id = releasedUidl.exec(uidl)?.[1];
      const own = this.#copies.get(uidl);
      if (id !== undefined) this.#collected.add(id);
      if (own !== undefined && own.deletion !== 'done') {
        own.deletion = isConfirmed(session) && reply === 'ok' ? 'done' : 'may';
      }
      const wasGiven = session.received.some(
        (each) => each.uidl === uidl && each.lines === undefined,
      );
      // Who tells to delete what has not come, and leaves before it comes, has given it up.
      const isDeserted = motive === 'blind' && !wasGiven && session.isDeserted;
      if (motive !== 'unwanted' && !isDeserted) continue;
      const copy = own ?? this.#copyOf(entries.find((entry) => entry.id === id)?.sha256);
      if (copy !== undefined) copy.isGivenUp = true;
    }
  }

  async #problemOf(copy: Copy, now: Whereabouts): Promise<string | undefined> {
    const { sha256 } = copy.mail;
    if (now.maildrop.has(sha256)) {
      return copy.deletion === 'done' ? 'QUIT was confirmed, but it is still there' : undefined;
    }
    if (copy.deletion === 'none') return 'deleted without DELE and QUIT';
    if (copy.isHeld || copy.isGivenUp) return undefined;
    for (const { id, state } of now.entries.filter((entry) => entry.sha256 === sha256)) {
      if (state === 'discarded' && this.#discarded.has(id)) return undefined;
      if ((await now.contentSha256(id)) === sha256) return undefined;
    }
    return 'lost: neither the server nor the client nor quarantine has it';
  }

  #problemOfEntry({ id, state, sha256 }: HeldEntry, isDeleted: boolean): string | undefined {
    if (this.#copyOf(sha256) === undefined) return 'nobody has sent what is held there';
    switch (state) {
      case 'held':
        return undefined;
      case 'released':
        if (isDeleted) return 'QUIT was confirmed, but it is still released';
        return this.#released.has(id) ? undefined : 'released by nobody';
      case 'discarded':
        return this.#discarded.has(id) ? undefined : 'discarded by nobody';
      case 'collected':
        return this.#collected.has(id) ? undefined : 'collected without DELE and QUIT';
      case 'expired':
        return 'expired before its time';
    }
  }

  #copyOf(sha256: string | undefined): Copy | undefined {
    return [...this.#copies.values()].find(({ mail }) => mail.sha256 === sha256);
  }
}

function isConfirmed({ quit, reset }: SessionRecord): boolean {
  return quit === 'ok' && reset === 'no';
}

/** Those that the server has agreed to. */
function acceptedDeletions({ deletions }: SessionRecord, or?: 'or unknown'): Deletion[] {
  return deletions.filter(
    ({ reply }) => reply === 'ok' || (reply === 'none' && or === 'or unknown'),
  );
}

/** A message that was refused is not deleted in that session, whatever the client asks for. */
function deletionProblems({ refused, received, deletions }: SessionRecord): string[] {
  const isRefused = (uidl: string): boolean =>
    refused.some((each) => each.uidl === uidl) && !received.some((each) => each.uidl === uidl);
  return deletions
    .filter(({ uidl, reply }) => reply === 'ok' && isRefused(uidl))
    .map(({ uidl }) => `${uidl} was refused, and DELE of it accepted`);
}
