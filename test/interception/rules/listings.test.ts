import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoundDiversion } from '../../../src/interception/rules/found-diversion.ts';
import { diversionsOfIptables } from '../../../src/interception/rules/iptables-listing.ts';
import { diversionsOfNftables } from '../../../src/interception/rules/nftables-listing.ts';
import { hasLocalRoute, hasRule } from '../../../src/interception/rules/routing-listing.ts';

/** As `hook mode families ports > port`. */
function shown(found: readonly FoundDiversion[]): string[] {
  return found.map(({ hook, mode, families, ports, toPort }) => {
    const ranges = ports.map(({ first, last }) => (first === last ? first : `${first}-${last}`));
    return `${hook} ${mode} ${families} ${ranges} > ${toPort}`;
  });
}

const iptables: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a rule in the chain itself',
    '*nat\n-A PREROUTING -i eth0 -p tcp -m tcp --dport 110 -j REDIRECT --to-ports 1110\nCOMMIT',
    ['prerouting redirect ipv4 110 > 1110'],
  ],
  [
    'several ports, and ranges of them',
    '*nat\n-A PREROUTING -p tcp -m multiport --dports 110,990:995 -j DNAT --to-destination 192.0.2.1:1110\nCOMMIT',
    ['prerouting redirect ipv4 110,990-995 > 1110'],
  ],
  [
    'a chain that is jumped to, twice',
    '*mangle\n:A - [0:0]\n-A PREROUTING -p tcp -j B\n-A A -p tcp -m tcp --dport 110 -m comment --comment "listener a -j b" -j TPROXY --on-port 1110 --on-ip 0.0.0.0 --tproxy-mark 0x456/0xffffffff\n-A B -g A\nCOMMIT',
    ['prerouting tproxy ipv4 110 > 1110'],
  ],
  [
    'a chain that nothing leads to',
    '*nat\n:A - [0:0]\n-A A -p tcp -m tcp --dport 110 -j REDIRECT --to-ports 1110\nCOMMIT',
    [],
  ],
  [
    'chains of one name in two tables',
    '*mangle\n-A PREROUTING -j A\nCOMMIT\n*nat\n-A A -p tcp -m tcp --dport 110 -j REDIRECT --to-ports 1110\nCOMMIT',
    [],
  ],
  [
    'chains that jump in a circle',
    '*nat\n-A OUTPUT -j A\n-A A -j B\n-A B -j A\n-A B -p tcp -m tcp --dport 995 -j REDIRECT --to-ports 1995\nCOMMIT',
    ['output redirect ipv4 995 > 1995'],
  ],
  [
    'every port',
    '*nat\n-A OUTPUT -p tcp -j REDIRECT --to-ports 9\nCOMMIT',
    ['output redirect ipv4 0-65535 > 9'],
  ],
  ['nothing at all', '', []],
];

for (const [name, listing, expected] of iptables) {
  test(`what iptables-save says: ${name}`, () => {
    assert.deepEqual(shown(diversionsOfIptables(listing, 'ipv4')), expected);
  });
}

const base = { family: 'inet', table: 't' };

function ruleset(...objects: readonly object[]): string {
  return JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, ...objects] });
}

function chain(name: string, hook?: string): object {
  return { chain: { ...base, name, ...(hook === undefined ? {} : { type: 'nat', hook }) } };
}

function rule(inChain: string, ...expr: readonly object[]): object {
  return { rule: { ...base, chain: inChain, expr } };
}

function dport(right: unknown, op = '=='): object {
  return { match: { op, left: { payload: { protocol: 'tcp', field: 'dport' } }, right } };
}

const redirect = { redirect: { port: 1110 } };
const onlyIpv6 = { match: { op: '==', left: { meta: { key: 'nfproto' } }, right: 'ipv6' } };
const fromIpv4 = {
  match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '192.0.2.1' },
};

const nftables: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'both families',
    ruleset(chain('a', 'prerouting'), rule('a', dport(110), redirect)),
    ['prerouting redirect ipv4,ipv6 110 > 1110'],
  ],
  [
    'one family by name',
    ruleset(chain('a', 'prerouting'), rule('a', onlyIpv6, dport(110), redirect)),
    ['prerouting redirect ipv6 110 > 1110'],
  ],
  [
    'one family by an address',
    ruleset(chain('a', 'prerouting'), rule('a', fromIpv4, dport(110), redirect)),
    ['prerouting redirect ipv4 110 > 1110'],
  ],
  [
    'ports as a set with a range',
    ruleset(
      chain('a', 'prerouting'),
      rule('a', dport({ set: [110, { range: [990, 995] }] }), redirect),
    ),
    ['prerouting redirect ipv4,ipv6 110,990-995 > 1110'],
  ],
  [
    'ports as a set with a name',
    ruleset(
      { set: { ...base, name: 'ports', elem: [110, { elem: { val: 995, comment: 'x' } }] } },
      chain('a', 'prerouting'),
      rule('a', dport('@ports'), redirect),
    ),
    ['prerouting redirect ipv4,ipv6 110,995 > 1110'],
  ],
  [
    'a chain that is jumped to',
    ruleset(
      chain('a', 'output'),
      chain('b'),
      rule('a', { goto: { target: 'b' } }),
      rule('b', dport(110), { dnat: { family: 'ip', addr: '192.0.2.1', port: 1110 } }),
    ),
    ['output redirect ipv4,ipv6 110 > 1110'],
  ],
  [
    'a chain that nothing leads to',
    ruleset(chain('a', 'output'), chain('b'), rule('b', dport(110), redirect)),
    [],
  ],
  [
    'TPROXY',
    ruleset(chain('a', 'prerouting'), rule('a', dport(110), { tproxy: { port: 1110 } })),
    ['prerouting tproxy ipv4,ipv6 110 > 1110'],
  ],
  [
    'rules that are none of ours',
    ruleset(
      chain('a', 'prerouting'),
      chain('b', 'input'),
      rule('a', { redirect: null }),
      rule('a', { xt: null }),
      rule('b', dport(110), redirect),
    ),
    [],
  ],
];

for (const [name, listing, expected] of nftables) {
  test(`what nft says: ${name}`, () => {
    assert.deepEqual(shown(diversionsOfNftables(listing)), expected);
  });
}

test('the routes of TPROXY are found', () => {
  const rules =
    '[{"priority":0,"src":"all","table":"local"},{"src":"all","fwmark":"0x456","table":"1110"}]';
  assert.equal(hasRule(rules, 1110), true);
  assert.equal(hasRule(rules, 1), false);
  assert.equal(hasLocalRoute('[{"type":"local","dst":"default","dev":"lo","flags":[]}]'), true);
  assert.equal(hasLocalRoute('[{"dst":"default","dev":"eth0","flags":[]}]'), false);
  assert.equal(hasLocalRoute('\n'), false);
});
