// Several real clamd, some of which die.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import {
  clamdMissing,
  eicarSignature,
  type RunningClamd,
  startClamd,
} from '../../helpers/clamd.ts';
import { needs } from '../../helpers/requirement.ts';
import { messageOf } from './message.ts';
import { startPlugin } from './running-plugin.ts';

const eicar = Buffer.from(assembleEicar(), 'latin1');
const pieces = Array.from({ length: 100 }, () => Buffer.alloc(65_536, 'a'));

/** The first time it is read, `victim` dies in the middle. */
function deadlyMessage(victim: RunningClamd) {
  return {
    *[Symbol.iterator]() {
      yield* pieces.slice(0, 50);
      victim.kill();
      yield* pieces;
      yield eicar;
    },
  };
}

test('of two clamd one is killed in the middle of a scan, and the other one finds the virus', async (t) => {
  if (!needs(t, clamdMissing())) return;
  await using first = await startClamd();
  await using second = await startClamd();
  await using plugin = await startPlugin({
    servers: [{ socket: first.socketPath }, { host: second.host, port: second.port }],
    strategy: 'first',
  });
  const verdict = await plugin.inspect(messageOf(deadlyMessage(first)));
  assert.ok(verdict.kind === 'block');
  assert.equal(verdict.finding, eicarSignature);

  second.kill();
  await second.exited;
  const deferred = await plugin.inspect(messageOf([eicar]));
  assert.ok(deferred.kind === 'tempfail');
  assert.match(deferred.reason, /clamd/);
});

test('the only clamd is killed in the middle of a scan, and the message is deferred', async (t) => {
  if (!needs(t, clamdMissing())) return;
  await using victim = await startClamd();
  await using plugin = await startPlugin({ socket: victim.socketPath });
  const verdict = await plugin.inspect(messageOf(deadlyMessage(victim)));
  assert.equal(verdict.kind, 'tempfail');
});
