// Owns examining a file as if it were an attachment, for tests that ask for facts rather than verdicts.
import type { MessagePart } from '#plugin-api';
import { Examination } from '../../../plugins/attachment-policy/examination.ts';
import type { FileFacts } from '../../../plugins/attachment-policy/facts.ts';
import { defaultLimits } from '../../../plugins/attachment-policy/limits-schema.ts';
import { optionsSchema } from '../../../plugins/attachment-policy/options.ts';
import { type Limits, Work } from '../../../plugins/attachment-policy/work.ts';
import { type Clock, systemClock } from '../../../src/base/clock.ts';

export interface ExaminedSample {
  readonly name?: string;
  readonly type?: string;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly sizes?: 'counted' | 'unknown';
  /** Ends the look into the file as soon as one has been reported that it likes. */
  readonly isDecisive?: (facts: FileFacts) => boolean;
}

export interface ExaminationOutcome {
  /** In the order of their reports: what lies in a file comes before the file. */
  readonly files: readonly FileFacts[];
  readonly inflatedBytes: number;
}

const { names } = optionsSchema.parse({});

export function partOf(
  content: Buffer | AsyncIterable<Buffer>,
  { name, type = 'application/octet-stream' }: Pick<ExaminedSample, 'name' | 'type'> = {},
): MessagePart {
  const source = (Buffer.isBuffer(content) ? once(content) : content)[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  return {
    path: '1',
    depth: 0,
    headers: { get: () => undefined, all: () => [], text: () => undefined, entries: () => [] },
    contentType: type,
    fileNames: name === undefined ? [] : [name],
    isContainer: false,
    async head(maxBytes) {
      let octets = held.reduce((sum, piece) => sum + piece.length, 0);
      while (octets < maxBytes) {
        const { done, value } = await source.next();
        if (done === true) break;
        held.push(value);
        octets += value.length;
      }
      return Buffer.concat(held).subarray(0, maxBytes);
    },
    async *content() {
      yield* held.splice(0);
      for (;;) {
        const { done, value } = await source.next();
        if (done === true) return;
        yield value;
      }
    },
  };
}

async function* once(content: Buffer): AsyncGenerator<Buffer, void, void> {
  yield content;
}

export async function examine(
  content: Buffer | AsyncIterable<Buffer>,
  sample: ExaminedSample = {},
): Promise<ExaminationOutcome> {
  const { limits, clock = systemClock, isDecisive = () => false, sizes = 'unknown' } = sample;
  const signal = sample.signal ?? new AbortController().signal;
  const work = new Work({ ...defaultLimits, ...limits }, clock, signal);
  const files: FileFacts[] = [];
  const reporter = {
    isDecisive,
    report(facts: FileFacts): boolean {
      files.push(facts);
      return isDecisive(facts);
    },
  };
  const examination = new Examination({ names, sizes }, work, reporter);
  await examination.leaf(partOf(content, sample), (open) => open());
  return { files, inflatedBytes: work.inflatedBytes };
}

/** `a.zip: encrypted-archive (a file in it is encrypted)`, for each trait of each file. */
export async function traitsIn(content: Buffer, sample: ExaminedSample = {}): Promise<string[]> {
  const { files } = await examine(content, sample);
  return files.flatMap(({ names: [name = '-'], traits }) =>
    [...traits].map(
      ([trait, detail]) => `${name}: ${trait}${detail === undefined ? '' : ` (${detail})`}`,
    ),
  );
}

/** What the file itself was found to be. */
export async function outermost(
  content: Buffer,
  sample: ExaminedSample = {},
): Promise<{ readonly detected: string | undefined; readonly traits: readonly string[] }> {
  const file = (await examine(content, sample)).files.at(-1);
  return { detected: file?.detected, traits: [...(file?.traits.keys() ?? [])] };
}
