// Owns asking all lists about one message: side by side, in bounded time, and with a bounded number of
// questions. What has not been answered by then is not waited for.
import { type Clock, registrableDomain, type ScoreReason } from '#plugin-api';
import type { DnsList, Word } from './dns-list.ts';
import type { Subject } from './query-name.ts';
import type { AskedSubject } from './subjects.ts';

export interface InquiryLimits {
  readonly timeoutMs: number;
  readonly maxQueries: number;
}

export interface Findings {
  /** One for each list that has anything of it, the weightiest. */
  readonly reasons: readonly ScoreReason[];
  /** Lists without which there is to be no judgement, and that have said nothing. */
  readonly missing: readonly string[];
}

export async function inquire(
  lists: readonly DnsList[],
  asked: readonly AskedSubject[],
  { timeoutMs, maxQueries }: InquiryLimits,
  clock: Clock,
): Promise<Findings> {
  const questions = questionsFor(lists, asked, maxQueries);
  const words = new Map<DnsList, Word[]>(questions.map(({ list }) => [list, []]));
  const { promise: isLate, resolve: expire } = Promise.withResolvers<void>();
  const timer = clock.after(timeoutMs, expire);
  const answering = questions.map(async ({ list, subject }) => {
    const word = await inTime(list.ask(subject), list.options.timeoutMs, clock);
    words.get(list)?.push(word);
  });
  try {
    await Promise.race([Promise.all(answering), isLate]);
  } finally {
    timer.cancel();
  }
  const open = new Map<DnsList, number>();
  for (const { list } of questions) open.set(list, (open.get(list) ?? 0) + 1);
  return {
    reasons: [...words].flatMap(([list, said]) => reasonOf(list, said) ?? []),
    missing: [...words].flatMap(([list, said]) => {
      const isMissing =
        said.length < (open.get(list) ?? 0) || said.some(({ kind }) => kind === 'silent');
      return isMissing && list.options.onFailure === 'tempfail' ? [list.options.name] : [];
    }),
  };
}

interface Question {
  readonly list: DnsList;
  readonly subject: Subject;
}

/** What is known already costs nothing. */
function questionsFor(
  lists: readonly DnsList[],
  asked: readonly AskedSubject[],
  maxQueries: number,
): Question[] {
  const questions = new Map<string, Question>();
  let left = maxQueries;
  for (const { about, subject } of asked) {
    for (const list of lists) {
      const { options } = list;
      if (!options.about.has(about) || !isWanted(about, subject, options.uriAddresses)) continue;
      const wanted = options.names === 'registered' ? registered(subject) : subject;
      const key = `${options.name} ${wanted.text}`;
      if (questions.has(key)) continue;
      if (!list.isKnown(wanted)) {
        if (left === 0) continue;
        left -= 1;
      }
      questions.set(key, { list, subject: wanted });
    }
  }
  return [...questions.values()];
}

function isWanted(
  about: AskedSubject['about'],
  { kind }: Subject,
  uriAddresses: 'skip' | 'ask',
): boolean {
  if (about === 'client') return kind === 'address';
  return kind === 'domain' || (about === 'uri' && uriAddresses === 'ask');
}

function registered({ kind, text }: Subject): Subject {
  return kind === 'domain' ? { kind, text: registrableDomain(text) ?? text } : { kind, text };
}

async function inTime(asking: Promise<Word>, timeoutMs: number, clock: Clock): Promise<Word> {
  const { promise, resolve } = Promise.withResolvers<Word>();
  const timer = clock.after(timeoutMs, () => resolve({ kind: 'silent', reason: 'ETIMEOUT' }));
  try {
    return await Promise.race([asking, promise]);
  } finally {
    timer.cancel();
  }
}

function reasonOf({ options }: DnsList, said: readonly Word[]): ScoreReason | undefined {
  let found: Extract<Word, { kind: 'listed' }> | undefined;
  for (const word of said) {
    if (word.kind !== 'listed') continue;
    if (found === undefined || Math.abs(word.logOdds) > Math.abs(found.logOdds)) found = word;
  }
  return found && { name: `dns-list-${options.name}`, logOdds: found.logOdds, text: found.text };
}
