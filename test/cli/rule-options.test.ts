import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RuleOptions, wishesOf } from '../../src/cli/rules/rule-options.ts';

const mark = '1110';

const bad: readonly (readonly [Partial<RuleOptions>, RegExp])[] = [
  [{ interface: ['eth0" accept'] }, /--interface "eth0\\" accept": expected the name of an inter/],
  [{ interface: ['-j'] }, /--interface/],
  [{ interface: ['a-name-of-17-char'] }, /--interface/],
  [{ local: 'root -j ACCEPT' }, /--local .* expected the name or number of a user/],
  [{ local: '' }, /--local/],
  [{ clients: ['192.0.2.0/33'] }, /--clients "192.0.2.0\/33": expected a network/],
  [{ except: ['pop.example.net'] }, /--except/],
  [{ port: ['pop3'] }, /--port "pop3": expected the name of a listener and ports/],
  [{ port: ['pop3=0'] }, /--port/],
  [{ port: ['pop3=65536'] }, /--port/],
  [{ mark: '0' }, /--mark/],
  [{ mark: '0x10' }, /--mark/],
  [{ mark: '254' }, /none from 253 to 255/],
  [{ mark: '4294967296' }, /--mark/],
];

for (const [options, expected] of bad) {
  test(`refused as an option of postern rules: ${JSON.stringify(options)}`, () => {
    assert.throws(
      () => wishesOf({ mark, ...options }),
      (error) => error instanceof Error && expected.test(error.message),
    );
  });
}

test('options of postern rules become wishes', () => {
  const wishes = wishesOf({
    mark,
    interface: ['eth0.10', 'br-lan'],
    clients: ['192.0.2.0/24'],
    except: ['2001:db8::1'],
    port: ['pop3=110,1100,110'],
    local: 'postern',
  });
  assert.deepEqual(wishes, {
    interfaces: ['eth0.10', 'br-lan'],
    clients: [{ family: 'ipv4', address: '192.0.2.0', prefixLength: 24 }],
    except: [{ family: 'ipv6', address: '2001:db8::1', prefixLength: 128 }],
    ports: new Map([['pop3', [110, 1100]]]),
    localExcept: 'postern',
    mark: 1110,
  });
});
