// Owns giving one lesson to all plugins that can learn, side by side.
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Lesson, LessonOutcome } from '../plugin-api/lesson.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import { guardWork } from './guard.ts';
import { Interest } from './interest.ts';
import type { LoadedPlugin } from './plugin.ts';

/** What one plugin made of a lesson; one that failed has learned nothing. */
export interface LessonResult {
  readonly plugin: string;
  readonly outcome: LessonOutcome | { readonly kind: 'failed'; readonly code: string };
}

export interface LessonServices {
  readonly plugins: readonly LoadedPlugin[];
  readonly clock: Clock;
}

/** In the order of the configuration. The failure of one plugin is none of the others. */
export function learn(
  message: ArrivingMessage,
  lesson: Omit<Lesson, 'message'>,
  { plugins, clock }: LessonServices,
  signal: AbortSignal,
): Promise<LessonResult[]> {
  const pupils = plugins.filter(({ instance }) => instance.learn !== undefined);
  return Promise.all(
    pupils.map(async (plugin): Promise<LessonResult> => {
      const interest = new Interest();
      try {
        const outcome = await guardWork(plugin, 'learn', clock, signal, async () =>
          outcomeFrom(
            await plugin.instance.learn?.({ ...lesson, message: message.viewWhile(interest) }),
          ),
        );
        return { plugin: plugin.name, outcome };
      } catch (error) {
        const failure = toAppError(error);
        plugin.log.warn({ err: failure, source: lesson.source }, 'plugin could not learn');
        return { plugin: plugin.name, outcome: { kind: 'failed', code: failure.code } };
      } finally {
        interest.end();
      }
    }),
  );
}

/** Plugins need not be written in TypeScript. */
function outcomeFrom(value: LessonOutcome | undefined): LessonOutcome {
  if (value?.kind === 'learned') return { kind: 'learned' };
  if (value?.kind === 'unchanged') {
    return { kind: 'unchanged', reason: String(value.reason).slice(0, 200) };
  }
  throw new TypeError('learn() did not return an outcome');
}
