// Owns the examination of one file and of all files in it: gathers their facts and hands each on once.
// It decides nothing but when to stop.
import type { MessagePart } from '#plugin-api';
import { type ExaminedFile, type InnerFile, PartFile, readWhole } from './examined-file.ts';
import { FactsDraft, type FileFacts } from './facts.ts';
import { extensionsOf, type NamePolicy, traitsOfName } from './names/file-name.ts';
import { impliedName } from './names/implied-name.ts';
import type { Opening } from './opener.ts';
import { type OpenerChoice, openersFor } from './openers.ts';
import { detect, headBytes } from './types/detect.ts';
import { diskImageBytes, findDiskImage } from './types/disk-image.ts';
import { findMismatch } from './types/mismatch.ts';
import { holdsTestVirus } from './types/test-virus.ts';
import { StopError, type Work } from './work.ts';

/** `counted` where a rule asks for the size of a file, which may take reading all of it. */
export type FileSizes = 'counted' | 'unknown';

export interface ExaminationOptions {
  readonly names: NamePolicy;
  readonly sizes: FileSizes;
}

/** What is searched in one go, without others running in between. */
const glanceBytes = 64 * 1024;

/** Who is told the facts. */
export interface Reporter {
  /** Whether `report` would end the look into the part, by the facts so far. */
  isDecisive(facts: FileFacts): boolean;
  /** Once for each file. True ends the look into the part: what else there is in it changes nothing. */
  report(facts: FileFacts): boolean;
}

/** A file of which the first octets have been seen. */
interface SeenFile {
  readonly file: ExaminedFile;
  readonly facts: FactsDraft;
  /** At most `headBytes`. */
  readonly head: Buffer;
  readonly openers: readonly OpenerChoice[];
  whole: Promise<Buffer> | undefined;
}

export class Examination {
  readonly #options: ExaminationOptions;
  readonly #work: Work;
  readonly #reporter: Reporter;
  #isStopped = false;

  constructor(options: ExaminationOptions, work: Work, reporter: Reporter) {
    this.#options = options;
    this.#work = work;
    this.#reporter = reporter;
  }

  /** A part of the message that has no content but other parts. */
  container(part: MessagePart): void {
    const facts = factsOf(part);
    this.#noteNames(facts);
    this.#finish(facts);
  }

  /**
   * A part of the message with content. `whenWhole` runs what needs more of it than its start, for
   * which the message must have arrived.
   */
  async leaf(
    part: MessagePart,
    whenWhole: (work: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    this.#isStopped = false;
    const facts = factsOf(part);
    const seen = await this.#look(new PartFile(part, this.#work), facts);
    const openers = seen.openers.length === 0 ? noOpeners : await this.#withoutPlain(seen);
    if (openers.length > 0) {
      await whenWhole(() => this.#work.onAttachment(() => this.#open({ ...seen, openers })));
    } else if (this.#options.sizes === 'counted') {
      await this.#measure(seen);
    }
    this.#finish(facts);
  }

  /** The openers that may find something; most parts of letters have none, which a glance tells. */
  async #withoutPlain({ file, facts, head, openers }: SeenFile): Promise<readonly OpenerChoice[]> {
    if (openers.every(({ isPlain }) => isPlain === undefined)) return openers;
    const octets = head.length < headBytes ? head : await file.head(glanceBytes);
    const isAll = octets.length < glanceBytes;
    if (!isAll || octets.length > this.#work.limits.maxHeldBytes) return openers;
    facts.octets = octets.length;
    return openers.filter(({ isPlain }) => isPlain?.(octets) !== true);
  }

  async #look(file: ExaminedFile, facts: FactsDraft): Promise<SeenFile> {
    this.#noteNames(facts);
    const head = await file.head(headBytes);
    if (holdsTestVirus(head)) facts.note('test-virus');
    let kind = await detect(head);
    // Text has no zero octets, and need not be read on.
    if (kind === undefined && head.length === headBytes && head.includes(0)) {
      kind = findDiskImage(await file.head(diskImageBytes));
    }
    facts.detected = kind?.type;
    // What somebody writes into a letter runs nowhere.
    const isHarmless = isLetter(facts) && (kind?.trait === 'script' || kind?.trait === 'shortcut');
    if (kind?.trait !== undefined && !isHarmless) facts.note(kind.trait, kind.detail);
    const { declaredType } = file;
    const { inside } = facts.place;
    const claims = {
      extensions: endingsOf(file),
      declaredType,
      inside,
      isEmpty: head.length === 0,
    };
    const openers = openersFor(kind?.type, claims);
    return { file, facts, head, openers, whole: undefined };
  }

  async #open(seen: SeenFile): Promise<void> {
    for (const opener of seen.openers) {
      if (this.#isStopped) return;
      await this.#attempt(seen.facts, () => this.#openBy(opener, seen));
    }
    await this.#attempt(seen.facts, () => this.#measure(seen));
  }

  /** What ends the look into a file is a fact about it. */
  async #attempt(facts: FactsDraft, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const stop = this.#work.stopReason(error);
      facts.note(stop?.trait ?? 'unreadable-archive', stop?.message ?? 'it is damaged');
    }
  }

  async #openBy({ open, nesting }: OpenerChoice, seen: SeenFile): Promise<void> {
    const { file, facts } = seen;
    if (nesting === 'archive' && facts.place.containers.length >= this.#work.limits.maxDepth) {
      throw new StopError('too-deep', 'it lies too deep');
    }
    for await (const inner of open(file, this.#openingOf(seen))) {
      try {
        if (this.#isStopped || this.#reporter.isDecisive(facts)) return;
        await this.#inner(inner, facts);
        if (!this.#isStopped) await inner.finish();
        if (inner.isDamaged) facts.note('unreadable-archive', 'a file in it is damaged');
      } finally {
        await inner.close();
      }
    }
  }

  async #inner(file: InnerFile, container: FactsDraft): Promise<void> {
    const { place, names, detected } = container;
    const inside = documentTypes.has(detected ?? '') ? 'document' : 'archive';
    const containers = [names[0] ?? '', ...place.containers];
    const facts = new FactsDraft({ path: place.path, inside, containers }, file.names, undefined);
    try {
      await this.#open(await this.#look(file, facts));
    } finally {
      // Where a limit ends all, its name may still be the one that counts.
      this.#finish(facts);
    }
  }

  #openingOf(seen: SeenFile): Opening {
    const { file, facts } = seen;
    const { limits } = this.#work;
    return {
      work: this.#work,
      note: (trait, detail) => facts.note(trait, detail),
      settle(type) {
        facts.detected = type;
      },
      async whole(maxBytes = limits.maxHeldBytes) {
        const most = Math.min(maxBytes, limits.maxHeldBytes);
        seen.whole ??= holdWhole(file, most);
        const octets = await seen.whole;
        facts.octets = octets.length;
        return octets;
      },
    };
  }

  #noteNames(facts: FactsDraft): void {
    const implied = facts.names.length === 0 ? impliedName(facts.declaredType) : undefined;
    for (const name of implied === undefined ? facts.names : [implied]) {
      for (const trait of traitsOfName(name, this.#options.names)) facts.note(trait, implied);
    }
  }

  async #measure({ file, facts }: SeenFile): Promise<void> {
    facts.octets ??= file.claimedOctets;
    if (facts.octets !== undefined || this.#options.sizes === 'unknown') return;
    for await (const _ of file.content());
    facts.octets = file.readOctets;
  }

  #finish(facts: FactsDraft): void {
    const mismatch = findMismatch(facts.detected, endingsOf(facts), facts.declaredType);
    if (mismatch !== undefined) facts.note('type-mismatch', `it is of type ${mismatch}`);
    if (this.#reporter.report(facts)) this.#isStopped = true;
  }
}

const noOpeners: readonly OpenerChoice[] = [];

function factsOf({ path, fileNames, contentType }: MessagePart): FactsDraft {
  return new FactsDraft({ path, inside: 'message', containers: [] }, fileNames, contentType);
}

/** What files lie in without being unpacked by the reader. */
const documentTypes: ReadonlySet<string> = new Set(
  'docx xlsx pptx vsdx odf odt ods odp cfb doc xls ppt pdf html svg rtf xml mht'.split(' '),
);

function isLetter({ place, names, declaredType = '' }: FileFacts): boolean {
  return place.inside === 'message' && names.length === 0 && declaredType.startsWith('text/');
}

const noEndings: ReadonlySet<string> = new Set();

function endingsOf({ names }: { readonly names: readonly string[] }): ReadonlySet<string> {
  if (names.length === 0) return noEndings;
  return new Set(names.flatMap((name) => [...extensionsOf(name)]));
}

async function holdWhole(file: ExaminedFile, maxBytes: number): Promise<Buffer> {
  const octets = await readWhole(file.content(), maxBytes);
  if (octets === undefined) throw new StopError('too-large', 'it is too large');
  return octets;
}
