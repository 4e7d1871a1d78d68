import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lesson } from '#plugin-api';
import { learn } from '../../../plugins/spamassassin/lesson.ts';
import { optionsSchema } from '../../../plugins/spamassassin/options.ts';
import { createSpamds } from '../../../plugins/spamassassin/spamds.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { Interest } from '../../../src/pipeline/interest.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';
import { FakeSpamd, says } from './fake-spamd.ts';

const ann = { user: 'ann', upstreamHost: 'pop.example.net' };

/** Whether spamd was told of a lesson of spam. */
async function isPassedOn(options: object, account: Lesson['account']): Promise<boolean> {
  await using spamd = await FakeSpamd.start(says('SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n\r\n'));
  const parsed = optionsSchema.parse({ servers: [spamd.address], ...options });
  const metrics = { checked() {}, server() {} };
  const resolvePath = (path: string): string => path;
  const spamds = createSpamds(parsed, {
    clock: systemClock,
    log: silentLogger,
    metrics,
    resolvePath,
  });
  const message = wholeMessage('Subject: x\r\n\r\nHello\r\n').viewWhile(new Interest());
  const lesson = { account, as: 'spam', weight: 'correction', source: 'command', message } as const;
  const outcome = await learn(lesson, spamds);
  if (outcome.kind === 'unchanged') assert.match(outcome.reason, /the administrator teaches it/);
  return outcome.kind === 'learned';
}

for (const [what, options, account, expected] of [
  ['an account teaches its own user', {}, ann, true],
  ['an account does not teach for nobody in particular', { user: 'none' }, ann, false],
  ['an account does not teach a user that all share', { user: 'all@{host}' }, ann, false],
  ['the administrator teaches a user that all share', { user: 'none' }, undefined, true],
  ['everybody may be let', { user: 'none', teachers: 'everybody' }, ann, true],
] as const) {
  test(`no account teaches another unless that is wanted: ${what}`, async () => {
    assert.equal(await isPassedOn(options, account), expected);
  });
}
