import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chain, composeChain, plainFace } from '../../src/pipeline/chain.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { sampleFacts } from '../../src/pipeline/testing.ts';
import type { AdmitContext, Middleware } from '../../src/plugin-api/context.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { loaded, lost, withCode } from '../helpers/pipeline.ts';

const context: AdmitContext = { session: sampleFacts(0).session, denyLogin() {}, refuse() {} };

function chainOf(...plugins: readonly LoadedPlugin[]): Chain<AdmitContext> {
  return composeChain<AdmitContext>(
    plugins,
    'admit',
    new FakeClock(),
    ({ instance }) => instance.admit,
    plainFace,
  );
}

function noting(name: string, steps: string[]): Middleware<AdmitContext> {
  return async (_context, next) => {
    steps.push(`${name} in`);
    await next();
    steps.push(`${name} out`);
  };
}

test('plugins run in their order on the way in and in reverse on the way out', async () => {
  const steps: string[] = [];
  const chain = chainOf(
    loaded({ admit: noting('a', steps) }),
    loaded({}),
    loaded({ admit: noting('b', steps) }),
  );
  await chain(context, async () => void steps.push('last'));
  assert.deepEqual(steps, ['a in', 'b in', 'last', 'b out', 'a out']);
});

test('a chain without plugins runs its last step', async () => {
  let calls = 0;
  await chainOf()(context, async () => void calls++);
  assert.equal(calls, 1);
});

test('a plugin that is passed over leaves those around it in their order', async () => {
  const steps: string[] = [];
  const chain = chainOf(
    loaded({ admit: noting('a', steps) }),
    loaded({ admit: async () => {} }, { onError: 'pass' }),
    loaded({ admit: noting('c', steps) }),
  );
  await chain(context, async () => void steps.push('last'));
  assert.deepEqual(steps, ['a in', 'c in', 'last', 'c out', 'a out']);
});

test('a plugin that fails keeps those behind it and the last step from running', async () => {
  const steps: string[] = [];
  const chain = chainOf(
    loaded({ admit: noting('a', steps) }, { onError: 'pass' }),
    loaded({ admit: async () => {} }),
    loaded({ admit: noting('c', steps) }),
  );
  await assert.rejects(
    chain(context, async () => void steps.push('last')),
    withCode('PLUGIN_FORGOT_NEXT'),
  );
  assert.deepEqual(steps, ['a in']);
});

test('a failure of the last step comes out unchanged, whatever plugins do about it', async () => {
  const swallow: Middleware<AdmitContext> = async (_context, next) => {
    await next().catch(() => {});
  };
  const chain = chainOf(
    loaded({ admit: swallow }),
    loaded({ admit: swallow }, { onError: 'pass' }),
  );
  await assert.rejects(
    chain(context, async () => {
      throw lost();
    }),
    withCode('UPSTREAM_LOST'),
  );
});

test('one chain serves many at a time', async () => {
  const chain = chainOf(loaded({ admit: noting('a', []) }), loaded({ admit: noting('b', []) }));
  let calls = 0;
  await Promise.all(Array.from({ length: 20 }, () => chain(context, async () => void calls++)));
  assert.equal(calls, 20);
});
