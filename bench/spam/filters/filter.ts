// Owns what every filter under measurement can do: follow a course and say what it thought on the way.
import type { Mail } from '../mail.ts';
import type { Course, Step } from '../schedule.ts';

export interface Score {
  /** Place of the message in the collection. */
  readonly at: number;
  readonly score: number;
}

export interface CourseResult {
  /** One for each message that the course had judged, in its order. */
  readonly scores: readonly Score[];
  /** CPU of all steps of one kind together, reading included; a kind whose cost cannot be told apart is missing. */
  readonly cpuMs: {
    readonly [kind in Step['kind']]?: number;
  } & {
    /** The part of `train` that is left when the messages have been read already. */
    readonly learn?: number;
  };
  readonly modelBytes: { readonly memory?: number; readonly disk: number };
}

export interface SpamFilter {
  readonly name: string;
  /** How it is set up, for people. */
  readonly setup: string;
  /** From which score on it calls a message spam. */
  readonly threshold: number;
  /** Why it cannot be measured here; undefined when it can. */
  missing(): string | undefined;
  version(): Promise<string>;
  follow(mails: readonly Mail[], course: Course): Promise<CourseResult>;
}

export interface StepGroup {
  readonly kind: Step['kind'];
  readonly places: readonly number[];
}

/** Consecutive steps of one kind, which a program may do at one go. */
export function groupSteps(steps: readonly Step[]): StepGroup[] {
  const groups: { kind: Step['kind']; places: number[] }[] = [];
  for (const { kind, at } of steps) {
    const last = groups.at(-1);
    if (last?.kind === kind) last.places.push(at);
    else groups.push({ kind, places: [at] });
  }
  return groups;
}
