// Owns passing a lesson on to spamd. All servers are told, since each may have Bayes data of its own; those
// that share theirs learn once and find it known the second time.
import type { Lesson, LessonOutcome } from '#plugin-api';
import type { SpamdAnswer } from './answer.ts';
import { expectOk } from './client.ts';
import { outgoingCopy } from './outgoing-copy.ts';
import type { Spamds } from './spamds.ts';
import { userName } from './user-name.ts';

/** spamd was started so that nobody can teach it. */
export class TeachingRefused extends Error {}

const unavailable = 69;

export async function learn(lesson: Lesson, spamds: Spamds): Promise<LessonOutcome> {
  const { options } = spamds;
  if (options.learn === 'off') return unchanged('training is not passed on to SpamAssassin');
  if (options.learn === 'corrections' && lesson.weight === 'confirmation') {
    return unchanged('only corrections are passed on to SpamAssassin');
  }
  const isShared = options.user?.includes('{user}') !== true;
  if (isShared && options.teachers === 'administrator' && lesson.account !== undefined) {
    return unchanged('all accounts are one user of SpamAssassin, and the administrator teaches it');
  }
  const octets = await lesson.message.size();
  if (octets > options.maxMessageBytes) {
    return unchanged(
      `larger than the ${options.maxMessageBytes} octets that SpamAssassin is given`,
    );
  }
  const copy = await outgoingCopy(lesson.message, octets, lesson.account, spamds);
  const user = options.user && lesson.account ? userName(options.user, lesson.account) : undefined;
  const question = { command: 'TELL', user, teaching: lesson.as } as const;
  const outcomes = await Promise.allSettled(
    spamds.each.map((one) =>
      one.ask(lesson.message.signal, (server, signal) =>
        server.ask(copy.question(question), (answer) => hasLearned(answer, lesson.as), signal),
      ),
    ),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  const isNew = outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value);
  if (isNew) return { kind: 'learned' };
  return unchanged(
    lesson.as === 'forget'
      ? 'SpamAssassin had not learned this message'
      : 'SpamAssassin has learned this message before, or its use_bayes is off',
  );
}

/** A lesson that spamd knows already is answered without DidSet and DidRemove. */
export function hasLearned(answer: SpamdAnswer, as: Lesson['as']): boolean {
  expectTeachable(answer);
  const done = answer.fields.get(as === 'forget' ? 'didremove' : 'didset') ?? '';
  return done.split(',').some((where) => where.trim() === 'local');
}

export function expectTeachable(answer: SpamdAnswer): void {
  if (answer.code === unavailable && answer.text.includes('--allow-tell')) {
    throw new TeachingRefused('spamd takes no lessons: start it with --allow-tell');
  }
  expectOk(answer);
}

function unchanged(reason: string): LessonOutcome {
  return { kind: 'unchanged', reason };
}
