import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { connect, createServer, type LookupFunction } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { targetsSchema } from '../../../src/config/targets-schema.ts';
import { guardedLookup, type Resolve } from '../../../src/routing/lookups/guarded-lookup.ts';
import { TargetPolicy } from '../../../src/routing/target-policy.ts';
import { withCode } from '../../helpers/pipeline.ts';

const target = { host: 'pop.example', port: 995 };

function addresses(...texts: string[]): LookupAddress[] {
  return texts.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

function lookupOf(answers: readonly LookupAddress[], ...allow: string[]): LookupFunction {
  const resolve: Resolve = (_name, _options, done) => done(null, answers);
  const policy = new TargetPolicy(targetsSchema.parse({ allow: ['*', ...allow] }));
  return guardedLookup(policy, target, resolve);
}

function all(lookup: LookupFunction): Promise<unknown> {
  return promisify(lookup as (name: string, options: object, done: () => void) => void)(
    'pop.example',
    { all: true },
  ) as Promise<unknown>;
}

test('public addresses are passed on in their order', async () => {
  const answers = addresses('2a00::1', '9.9.9.9');
  assert.deepEqual(await all(lookupOf(answers)), answers);
});

test('addresses that are not public are left out where there are others', async () => {
  const answers = addresses('127.0.0.1', '9.9.9.9', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0');
  assert.deepEqual(await all(lookupOf(answers)), addresses('9.9.9.9'));
});

for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '64:ff9b::7f00:1']) {
  test(`a name of ${address} alone is refused, unless that is listed`, async () => {
    const answers = addresses(address);
    await assert.rejects(all(lookupOf(answers)), withCode('TARGET_FORBIDDEN'));
    const listed = lookupOf(answers, address, '127.0.0.0/8');
    assert.deepEqual(await all(listed), answers);
  });
}

test('one address is given where one is asked for', async () => {
  const lookup = lookupOf(addresses('10.0.0.1', '2a00::1', '9.9.9.9'));
  const given = await new Promise((resolve) => {
    lookup('pop.example', {}, (error, address, family) => resolve([error, address, family]));
  });
  assert.deepEqual(given, [null, '2a00::1', 6]);
});

test('an error of the resolver is passed on', async () => {
  const failing: Resolve = (_name, _options, done) => {
    done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
  };
  const policy = new TargetPolicy(targetsSchema.parse({}));
  await assert.rejects(all(guardedLookup(policy, target, failing)), { code: 'ENOTFOUND' });
});

test('a name is resolved once, so what is checked is what is connected to', async () => {
  await using server = createServer((socket) => socket.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  const answers = ['127.0.0.1', '127.0.0.2'];
  const rebinding: Resolve = (_name, _options, done) => {
    done(null, addresses(answers.shift() ?? assert.fail('asked too often')));
  };
  const policy = new TargetPolicy(targetsSchema.parse({ allow: ['127.0.0.1'] }));
  const lookup = guardedLookup(policy, target, rebinding);
  const { port } = address;
  const socket = connect({ host: 'pop.example', port, lookup, autoSelectFamily: true });
  await once(socket, 'connect');
  assert.equal(socket.remoteAddress, '127.0.0.1');
  socket.destroy();
  assert.deepEqual(answers, ['127.0.0.2']);
});

test('a connection to a name that leads inside fails with the refusal', async () => {
  const lookup = lookupOf(addresses('127.0.0.1', '::1'));
  const socket = connect({ host: 'pop.example', port: 9, lookup, autoSelectFamily: true });
  const [error] = await once(socket, 'error');
  assert(withCode('TARGET_FORBIDDEN')(error));
});
