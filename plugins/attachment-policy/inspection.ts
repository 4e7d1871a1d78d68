// Owns the inspection of one message: part after part while it arrives, ended by the first finding.
import {
  block,
  flag,
  type MessagePart,
  type MessageView,
  pass,
  type Turns,
  type Verdict,
} from '#plugin-api';
import { ArchiveInspection, type ArchiveResult, readWhole } from './archive.ts';
import { findArchive } from './archive-magic.ts';
import { BareLineEndFinder } from './bare-line-ends.ts';
import {
  describePart,
  type Finding,
  hiddenStructure,
  unreadableArchive,
  unreadableFinding,
} from './finding.ts';
import { FileJudge, headBytes } from './judge.ts';
import { type ArchiveLimits, ArchiveWork } from './limits.ts';
import type { AttachmentPolicyOptions } from './options.ts';

interface UnreadablePart {
  readonly part: MessagePart;
  readonly reason: string;
}

export class Inspection {
  readonly #message: MessageView;
  readonly #options: AttachmentPolicyOptions;
  readonly #turns: Turns;
  readonly #judge: FileJudge;
  readonly #work: ArchiveWork;
  #unreadable: UnreadablePart | undefined;

  constructor(
    message: MessageView,
    options: AttachmentPolicyOptions,
    limits: ArchiveLimits,
    turns: Turns,
  ) {
    this.#message = message;
    this.#options = options;
    this.#turns = turns;
    this.#judge = new FileJudge(options);
    this.#work = new ArchiveWork(limits, message.signal);
  }

  async run(): Promise<Verdict> {
    for await (const part of this.#message.parts()) {
      const finding = await this.#judgePart(part);
      if (finding !== undefined) return toBlock(finding, part);
    }
    const verdict = this.#verdictOnRest();
    return verdict.kind === 'block' ? verdict : ((await this.#judgeLineEnds()) ?? verdict);
  }

  /** A structure that was not walked, because only other programs see it. */
  async #judgeLineEnds(): Promise<Verdict | undefined> {
    const { bareLineEnds } = this.#options;
    if (bareLineEnds === 'pass') return undefined;
    const finder = new BareLineEndFinder();
    for await (const chunk of this.#message.bytes()) {
      if (!finder.push(chunk)) continue;
      const explanation =
        'Parts of the message are hidden from some mail programs by its line ends.';
      return bareLineEnds === 'block'
        ? block(hiddenStructure, { explanation })
        : flag(hiddenStructure, explanation);
    }
    return undefined;
  }

  async #judgePart(part: MessagePart): Promise<Finding | undefined> {
    const byName = this.#judge.judgeNames(part.fileNames, describePart);
    if (byName !== undefined || part.isContainer) return byName;
    const subject = describePart(part.fileNames[0]);
    const head = await part.head(headBytes);
    return this.#judge.judgeHead(head, subject) ?? (await this.#judgeArchive(part, head, subject));
  }

  async #judgeArchive(
    part: MessagePart,
    head: Buffer,
    subject: string,
  ): Promise<Finding | undefined> {
    if (!this.#options.opensArchives) return undefined;
    const { contentType } = part;
    const archive = findArchive(head, { names: part.fileNames, contentType });
    if (archive === undefined) return undefined;
    const result: ArchiveResult =
      archive.kind === 'closed'
        ? { kind: 'unreadable', reason: `it is a ${archive.format} archive` }
        : await this.#openArchive(part, subject);
    if (result.kind === 'found') return result.finding;
    if (result.kind === 'unreadable') this.#unreadable ??= { part, reason: result.reason };
    return undefined;
  }

  async #openArchive(part: MessagePart, subject: string): Promise<ArchiveResult> {
    // Once the message is there, a turn waits for nothing but the processor.
    const octets = await this.#message.size();
    const maxBytes = Math.min(octets, this.#work.limits.maxArchiveBytes);
    return await this.#turns.take(this.#message.signal, async () => {
      const archive = await readWhole(part.content(), maxBytes);
      if (archive === undefined) return { kind: 'unreadable', reason: 'it is too large' };
      return await new ArchiveInspection(this.#judge, this.#work).inspect(archive, subject);
    });
  }

  #verdictOnRest(): Verdict {
    if (this.#unreadable === undefined) return pass();
    const { part, reason } = this.#unreadable;
    switch (this.#options.unreadable) {
      case 'pass':
        return pass();
      case 'flag':
        return flag(unreadableArchive, reason);
      case 'block':
        return toBlock(unreadableFinding(describePart(part.fileNames[0]), reason), part);
    }
  }
}

function toBlock({ finding, explanation }: Finding, part: MessagePart): Verdict {
  const [name] = part.fileNames;
  return block(finding, name === undefined ? { explanation } : { explanation, part: name });
}
