// Owns one table of figures: every filter through one protocol.
import type { Score, SpamFilter } from './filters/filter.ts';
import type { Mail } from './mail.ts';
import { type Intervals, intervalsOf, type Judgement, type Quality, qualityOf } from './quality.ts';
import type { Protocol } from './schedule.ts';

export interface FilterFigures {
  readonly filter: string;
  readonly quality: Quality;
  readonly intervals: Intervals;
  /** Mean of a message; missing where classifying and training cannot be told apart. */
  readonly classifyCpuMs?: number;
  readonly trainCpuMs?: number;
  /** Of it without reading the message. */
  readonly learnCpuMs?: number;
  readonly modelBytes: { readonly memory?: number; readonly disk: number };
  readonly seconds: number;
}

export interface Measured extends FilterFigures {
  readonly scores: readonly Score[];
}

export async function measure(
  filter: SpamFilter,
  protocol: Protocol,
  mails: readonly Mail[],
): Promise<Measured> {
  const startedMs = performance.now();
  const scores: Score[] = [];
  const cpuMs = { classify: 0, train: 0, learn: 0 };
  const counts = { classify: 0, train: 0 };
  let modelBytes: FilterFigures['modelBytes'] = { disk: 0 };
  for (const course of protocol.courses(mails)) {
    const result = await filter.follow(mails, course);
    scores.push(...result.scores);
    modelBytes = result.modelBytes;
    for (const { kind } of course.steps) counts[kind] += 1;
    for (const kind of ['classify', 'train', 'learn'] as const) {
      cpuMs[kind] += result.cpuMs[kind] ?? Number.NaN;
    }
  }
  const judgements = judge(filter, mails, scores);
  const classifyCpuMs = cpuMs.classify / counts.classify;
  const trainCpuMs = cpuMs.train / counts.train;
  const learnCpuMs = cpuMs.learn / counts.train;
  return {
    filter: filter.name,
    quality: qualityOf(judgements),
    intervals: intervalsOf(judgements),
    ...(Number.isFinite(classifyCpuMs) ? { classifyCpuMs } : {}),
    ...(Number.isFinite(trainCpuMs) ? { trainCpuMs } : {}),
    ...(Number.isFinite(learnCpuMs) ? { learnCpuMs } : {}),
    modelBytes,
    seconds: (performance.now() - startedMs) / 1000,
    scores,
  };
}

export function judge(
  { threshold }: Pick<SpamFilter, 'threshold'>,
  mails: readonly Mail[],
  scores: readonly Score[],
): Judgement[] {
  return scores.map(({ at, score }) => {
    const mail = mails[at];
    if (mail === undefined) throw new RangeError(`no message ${at}`);
    return { label: mail.label, score, judgedAs: score >= threshold ? 'spam' : 'ham' };
  });
}
