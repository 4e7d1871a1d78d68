// Owns the filter of Postern under measurement: from the octets of a message to its score, in this process.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { extractFeatures } from '../../../plugins/spam/features/extract.ts';
import type { Features } from '../../../plugins/spam/features/features.ts';
import { sampleOf } from '../../../plugins/spam/features/sample.ts';
import { SpamModel } from '../../../plugins/spam/learning/model.ts';
import { makeDefaultModel } from '../default-model/make.ts';
import type { Mail } from '../mail.ts';
import type { Course } from '../schedule.ts';
import { type CourseResult, groupSteps, type Score, type SpamFilter } from './filter.ts';

const manifest: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'package.json'), 'utf8'),
);

export const postern: SpamFilter = {
  name: 'postern',
  setup: 'spam from log odds 0 on; every message is learnt as a confirmation',
  threshold: 0,
  missing: () => undefined,
  version: async () => versionOf(manifest),
  follow,
};

async function follow(mails: readonly Mail[], course: Course): Promise<CourseResult> {
  const model = startOf(mails, course);
  const scores: Score[] = [];
  const cpuMs = { classify: 0, train: 0 };
  const groups = groupSteps(course.steps);
  for (const { kind, places } of groups) {
    // What is learnt is known from having been judged: in use the features of a message are made once
    // for each of the two. Here training is timed without them, as classifying is timed with them.
    const learnt = kind === 'train' ? places.map((at) => featuresOf(mailAt(mails, at))) : [];
    const before = process.cpuUsage();
    for (const [index, at] of places.entries()) {
      const mail = mailAt(mails, at);
      const features = learnt[index];
      if (features === undefined) {
        const { logOdds } = model.classify(extractFeatures(sampleOf(mail.octets)));
        scores.push({ at, score: logOdds });
      } else {
        model.train(features, mail.label, 'confirmation');
      }
    }
    const { user, system } = process.cpuUsage(before);
    cpuMs[kind] += (user + system) / 1000;
  }
  return {
    scores,
    cpuMs,
    modelBytes: { memory: memoryOf(model), disk: model.toBuffer().length },
  };
}

function startOf(mails: readonly Mail[], { prelude }: Course): SpamModel {
  if (prelude.length === 0) return SpamModel.empty();
  return makeDefaultModel(prelude.map((at) => mailAt(mails, at)));
}

// Training takes far less time than reading; the features of one message are made once for all courses.
const known = new WeakMap<Mail, Features>();

function featuresOf(mail: Mail): Features {
  const features = known.get(mail) ?? extractFeatures(sampleOf(mail.octets));
  known.set(mail, features);
  return features;
}

/** Octets that a copy takes, by what the process holds before and after. */
function memoryOf(model: SpamModel): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const held = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = held();
  const copies = Array.from({ length: 8 }, () => model.clone());
  const after = held();
  return (after - before) / copies.length;
}

function mailAt(mails: readonly Mail[], at: number): Mail {
  const mail = mails[at];
  if (mail === undefined) throw new RangeError(`no message ${at}`);
  return mail;
}

function versionOf(content: unknown): string {
  if (typeof content !== 'object' || content === null || !('version' in content)) return 'unknown';
  return String(content.version);
}
