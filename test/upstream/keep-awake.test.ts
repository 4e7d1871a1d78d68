// A session that is logged in is kept open by NOOPs while nobody asks anything, but not for ever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { UpstreamConnection } from '../../src/upstream/connection.ts';
import { command } from '../../src/upstream/step.ts';
import {
  expect,
  expectEnd,
  perform,
  type Script,
  send,
  startScriptedUpstream,
  until,
} from '../helpers/scripted-upstream.ts';
import { targetOn } from './target.ts';

async function withQuietConnection(
  script: Script,
  use: (connection: UpstreamConnection) => Promise<void>,
): Promise<void> {
  await using upstream = await startScriptedUpstream(script);
  const target = targetOn(upstream.port, { timeouts: { idleMs: 20 } });
  const connection = new UpstreamConnection(target);
  await connection.open(target, {});
  await connection.greeting;
  connection.keepAwake();
  await use(connection);
  connection.destroy(new AppError('DONE', { fault: 'proxy', publicText: 'done' }));
  await upstream.done();
}

test('the answer to a NOOP of ours is not taken for the answer to a question', async () => {
  const isQuiet = Promise.withResolvers<void>();
  const isAsked = Promise.withResolvers<void>();
  await withQuietConnection(
    [
      send('+OK\r\n'),
      expect('NOOP'),
      perform('tell of it', () => isQuiet.resolve()),
      until(isAsked.promise),
      send('-ERR NOOP is not for everybody\r\n'),
      expect('STAT'),
      send('+OK 1 2\r\n'),
    ],
    async (connection) => {
      await isQuiet.promise;
      const answer = connection.ask(command('STAT'));
      isAsked.resolve();
      assert.equal((await answer).reply.text, '1 2');
    },
  );
});

test('a session that nobody uses ends after the idle time, its NOOPs answered', async () => {
  const isOver = Promise.withResolvers<void>();
  await withQuietConnection(
    [
      send('+OK\r\n'),
      expect('NOOP'),
      send('+OK\r\n'),
      expectEnd(),
      perform('tell of it', () => isOver.resolve()),
    ],
    async (connection) => {
      await isOver.promise;
      await assert.rejects(connection.ask(command('STAT')), {
        code: 'UPSTREAM_TIMEOUT',
        details: { during: 'idle' },
      });
    },
  );
});
