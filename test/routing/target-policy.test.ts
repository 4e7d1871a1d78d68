import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { targetsSchema } from '../../src/config/targets-schema.ts';
import { TargetPolicy } from '../../src/routing/target-policy.ts';

function policyOf(...allow: string[]): TargetPolicy {
  return new TargetPolicy(targetsSchema.parse({ allow }));
}

/** 'allowed', or why not. */
function outcome(policy: TargetPolicy, host: string, port = 995): unknown {
  try {
    policy.check({ host, port }, 'login name');
    return 'allowed';
  } catch (error) {
    assert(error instanceof AppError);
    assert.equal(error.code, 'TARGET_FORBIDDEN');
    assert.equal(error.responseCode, 'SYS/PERM');
    return error.details['reason'];
  }
}

const cases: readonly (readonly [allow: string[], host: string, outcome: string])[] = [
  [[], 'pop.example.net', 'not listed'],
  [[], '192.0.2.1', 'not listed'],
  [[], '9.9.9.9', 'not listed'],
  [['pop.example.net'], 'pop.example.net', 'allowed'],
  [['POP.example.net'], 'pop.EXAMPLE.net', 'allowed'],
  [['pop.example.net'], 'pop.example.net.', 'syntax'],
  [['pop.example.net'], 'example.net', 'not listed'],
  [['pop.example.net'], 'x.pop.example.net', 'not listed'],
  [['pop.example.net'], 'xpop.example.net', 'not listed'],
  [['pop.example.net'], 'pop.example.net.evil.example', 'not listed'],
  [['pop.example.net'], 'xn--pp-jlc.example.net', 'not listed'],
  [['*.example.net'], 'pop.example.net', 'allowed'],
  [['*.example.net'], 'a.b.example.net', 'allowed'],
  [['*.example.net'], 'example.net', 'not listed'],
  [['*.example.net'], 'popexample.net', 'not listed'],
  [['*.example.net'], '9.9.9.9', 'not listed'],
  [['*'], 'pop.example.net', 'allowed'],
  [['*'], 'localhost', 'not listed'],
  [['localhost'], 'localhost', 'allowed'],
  [['*'], '9.9.9.9', 'not listed'],
  [['9.9.9.0/24'], '9.9.9.9', 'allowed'],
  [['9.9.9.0/24'], '::ffff:9.9.9.9', 'allowed'],
  [['9.9.9.0/24'], '9.9.8.9', 'not listed'],
  [['9.9.9.0/24'], 'pop.example.net', 'not listed'],
  [['0.0.0.0/0'], '9.9.9.9', 'allowed'],
  [['0.0.0.0/0'], '10.0.0.1', 'not public'],
  [['0.0.0.0/0'], '127.0.0.1', 'not public'],
  [['0.0.0.0/0'], '2a00::1', 'not listed'],
  [['0.0.0.0/0', '10.1.0.0/16'], '10.1.2.3', 'allowed'],
  [['0.0.0.0/0', '10.1.0.0/16'], '10.2.2.3', 'not public'],
  [['::/0'], '2a00::1', 'allowed'],
  [['::/0'], '::1', 'not public'],
  [['::/0'], 'fd00::1', 'not public'],
  [['::/0'], '::ffff:127.0.0.1', 'not listed'],
  [['fd00::/64'], 'fd00::1', 'allowed'],
  [['::/0'], '64:ff9b::909:909', 'not public'],
  [['64:ff9b::/96'], '64:ff9b::909:909', 'allowed'],
  [['64:ff9b::/96'], '64:ff9b::7f00:1', 'not public'],
  [['64:ff9b::/96', '127.0.0.0/8'], '64:ff9b::7f00:1', 'allowed'],
  [['2002::/16'], '2002:a00:1::1', 'not public'],
  [['10.0.0.0/8'], '127.0.0.1', 'not listed'],
];

for (const [allow, host, expected] of cases) {
  test(`with [${allow.join(', ')}], ${host} is ${expected}`, () => {
    assert.equal(outcome(policyOf(...allow), host), expected);
  });
}

test('only the ports that are listed may be asked for', () => {
  const policy = policyOf('*');
  for (const port of [110, 995]) assert.equal(outcome(policy, 'pop.example', port), 'allowed');
  for (const port of [0, 22, 25, 143, 8080, 65_536, -1, 110.5, Number.NaN]) {
    assert.equal(outcome(policy, 'pop.example', port), 'port');
  }
  const other = new TargetPolicy(targetsSchema.parse({ allow: ['*'], ports: [1100] }));
  assert.equal(outcome(other, 'pop.example', 1100), 'allowed');
  assert.equal(outcome(other, 'pop.example', 110), 'port');
});

test('what the configuration names is not asked about, and stays as it is', () => {
  const target = { host: 'Localhost_1', port: 7 };
  assert.equal(policyOf().check(target, 'configuration'), target);
});

test('a target comes out in its one form, with all else as it was', () => {
  const target = { host: '::FFFF:909:909', port: 110, tls: 'stls' };
  const checked = policyOf('0.0.0.0/0').check(target, 'intercepted');
  assert.deepEqual(checked, { host: '9.9.9.9', port: 110, tls: 'stls' });
});

test('a refusal tells the log what was asked for, cut to a length, and the client nothing', () => {
  const host = `${'a'.repeat(300)}.example`;
  assert.throws(
    () => policyOf('*').check({ host, port: 995 }, 'lookup'),
    (error) =>
      error instanceof AppError &&
      error.details['target'] === `${'a'.repeat(100)} port 995` &&
      error.details['origin'] === 'lookup' &&
      !error.clientText.includes('aaa'),
  );
});

test('nobody is led back to this machine, unless that address is listed by itself', () => {
  const own = new Set(['9.9.9.9', '10.1.2.3', '127.0.0.1', '64:ff9b::909:909']);
  const outcomes = (...allow: string[]): unknown[] => {
    const policy = new TargetPolicy(targetsSchema.parse({ allow }), (each) => own.has(each));
    return ['9.9.9.9', '10.1.2.3', '127.0.0.1'].map((host) => outcome(policy, host));
  };
  assert.deepEqual(outcomes('0.0.0.0/0'), ['not public', 'not public', 'not public']);
  const networks = ['9.9.9.0/24', '10.0.0.0/8', '127.0.0.0/8'];
  assert.deepEqual(outcomes(...networks), ['not public', 'not public', 'allowed']);
  assert.deepEqual(outcomes('9.9.9.9', '10.1.2.3/32'), ['allowed', 'allowed', 'not listed']);
});

test('an address that carries one of this machine leads there as well', () => {
  const allow = ['64:ff9b::/96', '0.0.0.0/0'];
  const policy = new TargetPolicy(targetsSchema.parse({ allow }), (each) => each === '9.9.9.9');
  assert.equal(outcome(policy, '64:ff9b::909:909'), 'not public');
  assert.equal(outcome(policy, '64:ff9b::909:90a'), 'allowed');
});
