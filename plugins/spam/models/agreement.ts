// Owns when what accounts say becomes what all accounts know: several of them, of several domains, have to
// call near copies of one message the same within some days, and none of them counts twice.
import type { Clock, LessonOutcome, SqlDatabase } from '#plugin-api';
import type { MessageSample } from '../features/sample.ts';
import type { Label } from './lesson-rows.ts';
import { signatureOf } from './near-copies.ts';
import { everybody, type Owner } from './owner.ts';
import type { ModelLesson, Teacher } from './teacher.ts';
import type { VoteRows, Votes } from './vote-rows.ts';

export interface AgreementTerms {
  /** More accounts than say the opposite, by this many. */
  readonly accounts: number;
  readonly domains: number;
  readonly withinMs: number;
}

export interface AgreementServices {
  readonly database: SqlDatabase;
  readonly votes: VoteRows;
  readonly teacher: Teacher;
  readonly clock: Clock;
  readonly terms: AgreementTerms;
}

const noted: LessonOutcome = {
  kind: 'unchanged',
  reason: 'noted; it counts for all once enough accounts agree',
};

export class Agreement {
  readonly #services: AgreementServices;

  constructor(services: AgreementServices) {
    this.#services = services;
  }

  /** The vote of one account. Confirmations are none: nobody has looked at the message. */
  vote(owner: Owner, sample: MessageSample, lesson: ModelLesson): LessonOutcome {
    const { database, votes, clock } = this.#services;
    const { as, mark, weight } = lesson;
    if (weight === 'confirmation' && as !== 'forget') return noted;
    const signature = signatureOf(sample, mark);
    const nowMs = clock.nowMs();
    const cluster = database.transaction(() => {
      if (as === 'forget') {
        const known = votes.find(signature);
        return known !== undefined && votes.remove(known.id, owner) ? known : undefined;
      }
      const found = votes.findOrMake(signature, mark, nowMs);
      votes.put(found.id, owner, as, nowMs);
      return found;
    });
    if (cluster === undefined) return { kind: 'unchanged', reason: 'this was not learned' };
    return this.#settle(cluster.id, { ...lesson, mark: cluster.message });
  }

  /** The cluster is one lesson, by the mark of its first message. Given again, it changes nothing. */
  #settle(cluster: number, lesson: ModelLesson): LessonOutcome {
    const { votes, teacher, clock, terms } = this.#services;
    const sinceMs = clock.nowMs() - terms.withinMs;
    const counted: Readonly<Record<Label, Votes>> = {
      spam: votes.count(cluster, 'spam', sinceMs),
      ham: votes.count(cluster, 'ham', sinceMs),
    };
    const label = agreedOn(counted, terms);
    if (label !== undefined) {
      // What all agree on is taken from no account's share of lessons.
      return teacher.teach(everybody, { ...lesson, as: label, source: 'agreement' });
    }
    if (lesson.as === 'forget') {
      const taken = teacher.forget(everybody, lesson.mark, 'agreement');
      return taken.kind === 'learned' ? taken : { kind: 'learned' };
    }
    return noted;
  }
}

export function agreedOn(
  { spam, ham }: Readonly<Record<Label, Votes>>,
  { accounts, domains }: Pick<AgreementTerms, 'accounts' | 'domains'>,
): Label | undefined {
  if (spam.accounts - ham.accounts >= accounts && spam.domains >= domains) return 'spam';
  if (ham.accounts - spam.accounts >= accounts && ham.domains >= domains) return 'ham';
  return undefined;
}
