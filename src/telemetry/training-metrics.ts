// Owns what is counted of lessons. Labels are words of the sources; no account and no message is named.
import type { Counter, Metrics } from '../base/metrics.ts';

/** `dropped`: its message is gone, or nobody could take it for too long. */
export type LessonResultWord = 'learned' | 'unchanged' | 'postponed' | 'dropped';
export type PageWord = 'shown' | 'done' | 'refused' | 'limited';
export type ExampleWord = 'signed' | 'unsigned' | 'shared';

export class TrainingMetrics {
  readonly #lessons: Counter;
  readonly #examples: Counter;
  readonly #pages: Counter;

  constructor(metrics: Metrics) {
    this.#lessons = metrics.counter('lessons_total', {
      help: 'Lessons that readers gave, by where they come from, what they say and what came of them.',
      labels: ['source', 'lesson', 'result'],
    });
    this.#examples = metrics.counter('training_examples_total', {
      help: 'Messages found in training mailboxes: signed, unsigned, or shared with all accounts.',
      labels: ['lesson', 'proof'],
    });
    this.#pages = metrics.counter('training_pages_total', {
      help: 'Requests for the page behind the links: shown, done, refused or limited.',
      labels: ['result'],
    });
  }

  lesson(source: string, lesson: string, result: LessonResultWord): void {
    this.#lessons.add(1, { source, lesson, result });
  }

  example(lesson: string, proof: ExampleWord): void {
    this.#examples.add(1, { lesson, proof });
  }

  page(result: PageWord): void {
    this.#pages.add(1, { result });
  }
}
