// Owns one list: whether it can be relied on now, and what it says about one thing. A list that is down,
// refuses, or has everything listed says nothing.
import type { Clock, Logger } from '#plugin-api';
import { meaningOf } from './answer-codes.ts';
import type { Answer, Answers } from './answers.ts';
import type { ListMetrics } from './list-metrics.ts';
import type { ListOptions } from './options.ts';
import { queryName, type Subject } from './query-name.ts';

export type Word =
  | { readonly kind: 'listed'; readonly logOdds: number; readonly text: string }
  | { readonly kind: 'not-listed' }
  /** Says nothing, which is no news. */
  | { readonly kind: 'silent'; readonly reason: string };

/** After so many questions without an answer it is left alone for a while. */
const mostFailures = 5;
const pauseMs = 60_000;
const refusalPauseMs = 600_000;
const probeEveryMs = 3_600_000;

const notListed: Word = { kind: 'not-listed' };

export interface ListServices {
  readonly answers: Answers;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ListMetrics;
}

export class DnsList {
  readonly options: ListOptions;
  readonly #answers: Answers;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #metrics: ListMetrics;
  #failures = 0;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #reason = '';
  #probedAtMs = Number.NEGATIVE_INFINITY;
  #probing: Promise<void> | undefined;

  constructor(options: ListOptions, { answers, clock, log, metrics }: ListServices) {
    this.options = options;
    this.#answers = answers;
    this.#clock = clock;
    this.#log = log;
    this.#metrics = metrics;
    metrics.state(options.name, 'used');
  }

  /** Whether asking costs a question to the DNS. */
  isKnown(subject: Subject): boolean {
    const name = queryName(subject, this.options.zone);
    return name === undefined || this.#answers.peek(name) !== undefined;
  }

  async ask(subject: Subject): Promise<Word> {
    const word = await this.#ask(subject);
    this.#metrics.answered(this.options.name, word.kind);
    return word;
  }

  async #ask(subject: Subject): Promise<Word> {
    const name = queryName(subject, this.options.zone);
    if (name === undefined) return notListed;
    await this.#probe();
    if (this.#isPaused()) return this.#silence();
    const answer = await this.#answers.ask(name);
    return this.#wordOf(answer, subject);
  }

  #wordOf(answer: Answer, { text }: Subject): Word {
    switch (answer.kind) {
      case 'absent':
        this.#hasAnswered();
        return notListed;
      case 'failed':
        this.#hasFailed(answer.reason);
        return { kind: 'silent', reason: answer.reason };
      case 'found': {
        this.#hasAnswered();
        const meaning = meaningOf(answer.addresses, this.options.rules);
        if (meaning.kind === 'refused') {
          this.#pause(`it answers ${meaning.code}, which is a refusal`, refusalPauseMs);
          return this.#silence();
        }
        if (meaning.kind === 'ignored') return notListed;
        const label = meaning.label === undefined ? '' : ` ${meaning.label}`;
        return {
          kind: 'listed',
          logOdds: meaning.logOdds,
          text: `${text} is in ${this.options.name}${label} (${meaning.code})`,
        };
      }
    }
  }

  /** RFC 5782 s.5: what must never be listed. A list that has it has everything, and means nothing. */
  async #probe(): Promise<void> {
    const { unlisted } = this.options.test;
    if (unlisted === undefined) return;
    if (this.#clock.monotonicMs() - this.#probedAtMs >= probeEveryMs) {
      this.#probing ??= this.#askUnlisted(unlisted).finally(() => {
        this.#probing = undefined;
      });
    }
    await this.#probing;
  }

  async #askUnlisted(subject: Subject): Promise<void> {
    const name = queryName(subject, this.options.zone);
    const answer = name === undefined ? undefined : await this.#answers.ask(name);
    if (answer?.kind === 'found') {
      this.#pause(
        'it lists what no list may list, so that its answers mean nothing',
        refusalPauseMs,
      );
    } else if (answer?.kind === 'absent') {
      this.#probedAtMs = this.#clock.monotonicMs();
    }
  }

  #isPaused(): boolean {
    return this.#clock.monotonicMs() < this.#pausedUntilMs;
  }

  #silence(): Word {
    return { kind: 'silent', reason: this.#reason };
  }

  #hasAnswered(): void {
    this.#failures = 0;
    if (this.#reason === '') return;
    this.#reason = '';
    this.#metrics.state(this.options.name, 'used');
    this.#log.info({ list: this.options.name }, 'the DNS list answers again');
  }

  #hasFailed(reason: string): void {
    this.#failures += 1;
    if (this.#failures >= mostFailures) this.#pause(`it does not answer (${reason})`, pauseMs);
  }

  /** The same news is told once. */
  #pause(reason: string, durationMs: number): void {
    this.#failures = 0;
    this.#pausedUntilMs = this.#clock.monotonicMs() + durationMs;
    if (this.#reason === reason) return;
    this.#reason = reason;
    this.#metrics.state(this.options.name, 'paused');
    this.#log.warn({ list: this.options.name, reason }, 'the DNS list is of no use for now');
  }
}
