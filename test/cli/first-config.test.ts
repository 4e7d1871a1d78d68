import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { composeConfig, type FirstConfig } from '../../src/cli/first-config.ts';
import { readConfig } from '../../src/config/load.ts';

const tls = fc.constantFrom('none', 'stls', 'implicit');
const port = fc.integer({ min: 1, max: 65_535 });

test('whatever was chosen, the written configuration says it', async () => {
  const plans = fc.record({
    upstream: fc.record({
      host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
      port,
      tls,
      caFile: fc.constant(undefined),
    }),
    listener: fc.record({ address: fc.oneof(fc.ipV4(), fc.ipV6()), port, tls }),
    clamdSocket: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(plans, async (plan: FirstConfig) => {
      const { config } = await readConfig(composeConfig(plan), 'postern.yaml', {});
      const [listener] = config.listeners;
      const { address, port, tls } = plan.listener;
      assert.deepEqual([listener?.address, listener?.port, listener?.tls], [address, port, tls]);
      const upstream = config.routes[0]?.upstream;
      assert.equal(upstream?.host, plan.upstream.host);
      assert.equal(upstream?.port, plan.upstream.port);
      assert.equal(upstream?.tls, plan.upstream.tls);
      const scanner = config.plugins.find(({ use }) => use === 'clamav');
      const socket = plan.clamdSocket;
      assert.deepEqual(scanner?.options, socket === undefined ? undefined : { socket });
    }),
  );
});
