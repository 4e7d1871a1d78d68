// Owns made-up mail and the parts that keep models, as tests of them need it.

import { extractFeatures } from '../../../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../../../plugins/spam/features/sample.ts';
import { judge } from '../../../../plugins/spam/judge.ts';
import { SpamModel } from '../../../../plugins/spam/learning/model.ts';
import { Models } from '../../../../plugins/spam/models/models.ts';
import { everybody, type Owner, ownerOf } from '../../../../plugins/spam/models/owner.ts';
import { databaseForm } from '../../../../plugins/spam/models/tables.ts';
import { optionsSchema } from '../../../../plugins/spam/options.ts';
import { silentLogger } from '../../../../src/base/log.ts';
import { ArrivingMessage } from '../../../../src/pipeline/arriving-message.ts';
import { Interest } from '../../../../src/pipeline/interest.ts';
import { sampleFacts, spoolOf, testServices } from '../../../../src/pipeline/testing.ts';
import type { Lesson, LessonOutcome } from '../../../../src/plugin-api/lesson.ts';
import type { MessageView } from '../../../../src/plugin-api/message-view.ts';
import { type Database, openDatabase } from '../../../../src/stores/sqlite.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';

export const ann = { user: 'ann@one.example', upstreamHost: 'pop.example.net' };
export const ben = { user: 'ben@two.example', upstreamHost: 'pop.example.net' };
export const cleo = { user: 'cleo@two.example', upstreamHost: 'pop.example.net' };

const spamWords =
  'prize winner claim cash transfer lottery urgent beneficiary million fortune'.split(' ');
const hamWords =
  'meeting agenda project draft review invoice schedule colleague report garden'.split(' ');

/** Letters of a kind differ from each other, and the same number gives the same letter. */
export function letter(kind: 'spam' | 'ham', number: number): Buffer {
  const words = kind === 'spam' ? spamWords : hamWords;
  const at = (index: number): string => words[(number * 7 + index * index) % words.length] ?? '';
  const line = (from: number): string =>
    Array.from({ length: 10 }, (_, index) => at(from + index)).join(' ');
  return Buffer.from(
    [
      `From: ${at(1)} <${at(2)}@${kind}.example>`,
      `Subject: ${at(3)} ${at(4)} ${number}`,
      `Message-ID: <${kind}-${number}@${kind}.example>`,
      'Date: Tue, 03 Nov 2026 10:00:00 +0000',
      '',
      ...Array.from(
        { length: 6 },
        (_, index) => `${line(index * 3 + number)} ${kind}${number}-${index}`,
      ),
      '',
    ].join('\r\n'),
  );
}

export interface Setting {
  readonly models: Models;
  readonly clock: FakeClock;
  learn(
    account: Lesson['account'],
    as: Lesson['as'],
    octets: Buffer,
    changes?: Partial<Pick<Lesson, 'weight' | 'source'>>,
  ): Promise<LessonOutcome>;
  /** Log odds of that letter for that account. */
  scoreOf(account: Lesson['account'], octets: Buffer): number;
}

export interface SettingOptions {
  readonly options?: object;
  readonly database?: Database;
  readonly base?: SpamModel;
}

export function setting({
  options = {},
  database = openDatabase(':memory:', databaseForm),
  base = SpamModel.empty(),
}: SettingOptions = {}): Setting {
  const clock = new FakeClock();
  const services = { ...testServices(), log: silentLogger, clock, database: () => database };
  const models = new Models(optionsSchema.parse(options), base, services);
  return {
    models,
    clock,
    async learn(account, as, octets, { weight = 'correction', source = 'link' } = {}) {
      const message = viewOf(octets);
      const outcome = await models.learn({ account, as, weight, source, message });
      await clock.advance(1);
      return outcome;
    },
    scoreOf(account, octets) {
      const owner: Owner = account === undefined ? everybody : ownerOf(account);
      return judge(models.shelf, owner, extractFeatures(sampleOf(octets)), 'all').logOdds;
    },
  };
}

export function viewOf(octets: Buffer): MessageView {
  const message = new ArrivingMessage(sampleFacts(octets.length), spoolOf(octets, '/nowhere'));
  return message.viewWhile(new Interest());
}
