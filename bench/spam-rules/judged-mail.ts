// Owns what rules and statistics say about each message of a collection: the statistics as they were
// before the message, which they then learn.

import { extractFeatures } from '../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../plugins/spam/features/sample.ts';
import { SpamModel } from '../../plugins/spam/learning/model.ts';
import { activeRules } from '../../plugins/spam-rules/active-rules.ts';
import { evaluate, toVerdict } from '../../plugins/spam-rules/evaluation.ts';
import { letterOf } from '../../test/plugins/spam-rules/letter-of.ts';
import type { Label, Mail } from '../spam/mail.ts';

export interface JudgedMail {
  readonly label: Label;
  readonly source: string;
  /** Names of the rules that hit. */
  readonly hits: readonly string[];
  /** What rules come to, cut to their limit. */
  readonly rules: number;
  /** What the statistics come to. */
  readonly learned: number;
}

export interface Judgement {
  readonly mails: readonly JudgedMail[];
  /** Of processor time, for reading a letter and running all rules on it. */
  readonly cpuMsPerMail: number;
}

const limit = 6;

export async function judgeMails(mails: readonly Mail[]): Promise<Judgement> {
  const rules = activeRules(new Map(), []);
  const model = SpamModel.empty();
  const judged: JudgedMail[] = [];
  let cpuMs = 0;
  for (const { label, source, octets } of mails) {
    const features = extractFeatures(sampleOf(octets));
    const { logOdds: learned } = model.classify(features);
    model.train(features, label, 'confirmation');
    const startMs = cpuNowMs();
    const hits = await evaluate(rules, await letterOf(octets));
    cpuMs += cpuNowMs() - startMs;
    judged.push({
      label,
      source,
      hits: hits.map(({ rule }) => rule.name),
      rules: toVerdict(hits, limit).logOdds,
      learned,
    });
  }
  return { mails: judged, cpuMsPerMail: cpuMs / mails.length };
}

function cpuNowMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
