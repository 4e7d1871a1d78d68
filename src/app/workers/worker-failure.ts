// Owns the failure of a worker as its supervisor tells it: what the worker had to say, and how it would
// have ended the program.
import { AppError } from '../../base/errors.ts';
import type { Attempt } from './messages.ts';

/** Lines for a person, and the exit code. */
export interface Ending {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

export class WorkerFailure extends AppError {
  readonly ending: Ending;

  constructor({ lines, exitCode }: Ending) {
    super('WORKER_FAILED', { fault: 'config', publicText: lines.join(' ') });
    this.ending = { lines, exitCode };
  }
}

/** What came of it. Throws WORKER_FAILED. */
export function outcomeOf<T>(attempt: Attempt<T>): T {
  if (attempt.kind === 'failed') throw new WorkerFailure(attempt);
  return attempt.value;
}
