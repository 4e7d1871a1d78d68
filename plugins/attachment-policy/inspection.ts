// Owns the inspection of one message: part after part, in every reading of it, to one verdict.
import {
  block,
  type Clock,
  flag,
  type MessagePart,
  type MessageView,
  pass,
  type Turns,
  type Verdict,
} from '#plugin-api';
import { Examination, type Reporter } from './examination.ts';
import type { FileFacts } from './facts.ts';
import type { AttachmentPolicyOptions } from './options.ts';
import { findRule, type RuleHit } from './rules/rule.ts';
import { evidenceOf, explainHit } from './verdict-text.ts';
import { Work } from './work.ts';

export class Inspection implements Reporter {
  readonly #message: MessageView;
  readonly #options: AttachmentPolicyOptions;
  readonly #turns: Turns;
  readonly #examination: Examination;
  readonly #hits: RuleHit[] = [];
  #reading: 'own' | 'other' = 'own';
  /** A part of another reading has no path in the message that a reader sees. */
  #isConfined = true;

  constructor(
    message: MessageView,
    options: AttachmentPolicyOptions,
    { clock, turns }: { readonly clock: Clock; readonly turns: Turns },
  ) {
    this.#message = message;
    this.#options = options;
    this.#turns = turns;
    const work = new Work(options.limits, clock, message.signal);
    this.#examination = new Examination(options, work, this);
  }

  async run(): Promise<Verdict> {
    await this.#judge(this.#message.parts());
    this.#reading = 'other';
    await this.#judge(this.#message.otherReadings());
    return this.#verdict();
  }

  isDecisive(facts: FileFacts): boolean {
    return findRule(this.#options.rules, facts)?.rule.verdict === 'block';
  }

  report(facts: FileFacts): boolean {
    const hit = findRule(this.#options.rules, facts);
    if (hit === undefined || hit.rule.verdict === 'pass') return false;
    this.#hits.push(hit);
    if (hit.rule.verdict === 'flag') return false;
    if (this.#reading === 'other') this.#isConfined = false;
    return true;
  }

  async #judge(parts: AsyncIterable<MessagePart>): Promise<void> {
    const whenWhole = async (work: () => Promise<void>): Promise<void> => {
      // Once the message is there, a turn waits for nothing but the processor.
      await this.#message.size();
      await this.#turns.take(this.#message.signal, work);
    };
    for await (const part of parts) {
      if (part.isContainer) this.#examination.container(part);
      else await this.#examination.leaf(part, whenWhole);
    }
  }

  #verdict(): Verdict {
    const blocks = this.#hits.filter(({ rule }) => rule.verdict === 'block');
    const [first] = blocks;
    if (first === undefined) {
      const [flagged] = this.#hits;
      return flagged === undefined ? pass() : flag(flagged.rule.name, evidenceOf(this.#hits));
    }
    const part = first.facts.place.containers.at(-1) ?? first.facts.names[0] ?? '';
    return block(first.rule.name, {
      explanation: explainHit(first),
      evidence: evidenceOf(blocks),
      ...(part === '' ? {} : { part }),
      ...(this.#isConfined
        ? { paths: [...new Set(blocks.map(({ facts }) => facts.place.path))] }
        : {}),
    });
  }
}
