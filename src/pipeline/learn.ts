// Owns giving one lesson to all plugins that can learn, side by side.
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Lesson, LessonOutcome, LessonResult, SenderWish } from '../plugin-api/lesson.ts';
import type { MessageView } from '../plugin-api/message-view.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import { guardWork } from './guard.ts';
import { Interest } from './interest.ts';
import type { LoadedPlugin } from './plugin.ts';

export interface LessonServices {
  readonly plugins: readonly LoadedPlugin[];
  readonly clock: Clock;
}

/** In the order of the configuration. The failure of one plugin is none of the others. */
export function learn(
  message: ArrivingMessage,
  lesson: Omit<Lesson, 'message'>,
  services: LessonServices,
  signal: AbortSignal,
): Promise<LessonResult[]> {
  const { source } = lesson;
  return giveAll({ message, source }, services, signal, ({ instance }) =>
    instance.learn === undefined
      ? undefined
      : async (view) => instance.learn?.({ ...lesson, message: view }),
  );
}

/** The same for what is wanted of a sender. */
export function heedSender(
  message: ArrivingMessage,
  wish: Omit<SenderWish, 'message'>,
  services: LessonServices,
  signal: AbortSignal,
): Promise<LessonResult[]> {
  const { source } = wish;
  return giveAll({ message, source }, services, signal, ({ instance }) =>
    instance.heedSender === undefined
      ? undefined
      : async (view) => instance.heedSender?.({ ...wish, message: view }),
  );
}

interface Given {
  readonly message: ArrivingMessage;
  readonly source: Lesson['source'];
}

/** Undefined for a plugin that does not take what is given. */
type Taker = (plugin: LoadedPlugin) => Take | undefined;
type Take = (view: MessageView) => Promise<LessonOutcome | undefined>;

function giveAll(
  given: Given,
  { plugins, clock }: LessonServices,
  signal: AbortSignal,
  takerOf: Taker,
): Promise<LessonResult[]> {
  const giving = plugins.flatMap((plugin) => {
    const take = takerOf(plugin);
    return take === undefined ? [] : [giveTo(plugin, take, given, clock, signal)];
  });
  return Promise.all(giving);
}

async function giveTo(
  plugin: LoadedPlugin,
  take: Take,
  { message, source }: Given,
  clock: Clock,
  signal: AbortSignal,
): Promise<LessonResult> {
  const interest = new Interest();
  try {
    const outcome = await guardWork(plugin, 'learn', clock, signal, async () =>
      outcomeFrom(await take(message.viewWhile(interest))),
    );
    return { plugin: plugin.name, outcome };
  } catch (error) {
    const failure = toAppError(error);
    plugin.log.warn({ err: failure, source }, 'plugin could not learn');
    return { plugin: plugin.name, outcome: { kind: 'failed', code: failure.code } };
  } finally {
    interest.end();
  }
}

/** Plugins need not be written in TypeScript. */
function outcomeFrom(value: LessonOutcome | undefined): LessonOutcome {
  if (value?.kind === 'learned') return { kind: 'learned' };
  if (value?.kind === 'unchanged') {
    return { kind: 'unchanged', reason: String(value.reason).slice(0, 200) };
  }
  throw new TypeError('a plugin did not return the outcome of a lesson');
}
