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

const warmUpMessages = 300;

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
  warmUp(mails);
  const model = startOf(mails, course);
  const scores: Score[] = [];
  const cpuMs = { classify: 0, train: 0 };
  let learnCpuMs = 0;
  for (const { kind, places } of groupSteps(course.steps)) {
    const startMs = cpuNowMs();
    if (kind === 'classify') {
      for (const at of places) {
        const { logOdds } = model.classify(featuresOf(mailAt(mails, at)));
        scores.push({ at, score: logOdds });
      }
    } else {
      const all = places.map((at) => ({ at, features: featuresOf(mailAt(mails, at)) }));
      const readMs = cpuNowMs();
      for (const { at, features } of all) {
        model.train(features, mailAt(mails, at).label, 'confirmation');
      }
      learnCpuMs += cpuNowMs() - readMs;
    }
    cpuMs[kind] += cpuNowMs() - startMs;
  }
  return {
    scores,
    cpuMs: { ...cpuMs, learn: learnCpuMs },
    modelBytes: { memory: memoryOf(model), disk: model.toBuffer().length },
  };
}

let isWarm = false;

/** Code that is not compiled yet runs many times slower: this happens once in the life of a process. */
function warmUp(mails: readonly Mail[]): void {
  if (isWarm) return;
  isWarm = true;
  const model = SpamModel.empty();
  for (const mail of mails.slice(0, warmUpMessages)) {
    model.classify(featuresOf(mail));
    model.train(featuresOf(mail), mail.label, 'confirmation');
  }
}

function featuresOf({ octets }: Mail): Features {
  return extractFeatures(sampleOf(octets));
}

function cpuNowMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function startOf(mails: readonly Mail[], { prelude }: Course): SpamModel {
  if (prelude.length === 0) return SpamModel.empty();
  return makeDefaultModel(prelude.map((at) => mailAt(mails, at)));
}

/** Octets that a copy takes, by what the process holds before and after. */
function memoryOf(model: SpamModel): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  // Twice: what the first finds free is swept in the background.
  for (let round = 0; round < 2; round += 1) if (typeof collect === 'function') collect();
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
