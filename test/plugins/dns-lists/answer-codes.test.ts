import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meaningOf, parseCode } from '../../../plugins/dns-lists/answer-codes.ts';

for (const [written, fitting, others] of [
  ['127.0.0.2', ['127.0.0.2'], ['127.0.0.3', '127.0.1.2']],
  ['127.0.0.4/30', ['127.0.0.4', '127.0.0.7'], ['127.0.0.3', '127.0.0.8']],
  ['127.0.0.0/16', ['127.0.200.1'], ['127.1.0.0']],
  ['127.0.*.3', ['127.0.5.3', '127.0.0.3'], ['127.0.5.2', '127.1.5.3']],
  ['bit 8', ['127.0.0.8', '127.0.0.12'], ['127.0.0.2', '127.0.0.16']],
  ['bit 128', ['127.0.0.128', '127.0.0.255'], ['127.0.0.127']],
] as const) {
  test(`${written} fits ${fitting.join()} and not ${others.join()}`, () => {
    const code = parseCode(written);
    assert.ok(code);
    const octetsOf = (text: string) => text.split('.').map(Number);
    for (const each of fitting) assert.equal(code(octetsOf(each)), true, each);
    for (const each of others) assert.equal(code(octetsOf(each)), false, each);
  });
}

for (const written of [
  '',
  '127.0.0',
  '128.0.0.1',
  '127.0.0.256',
  '127.0.0.1/33',
  '127.0.*.3/24',
  'bit 3',
  'bit 256',
  'x',
]) {
  test(`'${written}' is no code`, () => {
    assert.equal(parseCode(written), undefined);
  });
}

const code = (text: string) => [parseCode(text)].flatMap((each) => each ?? []);
const rules = [
  { codes: code('127.0.0.2'), logOdds: 3, label: 'SBL' },
  { codes: code('127.0.0.10/31'), logOdds: 1, label: undefined },
  { codes: code('127.0.0.20'), logOdds: -2, label: undefined },
];

for (const [addresses, expected] of [
  [['127.0.0.2'], 'listed 3'],
  [['127.0.0.11', '127.0.0.2'], 'listed 3'],
  [['127.0.0.11', '127.0.0.20'], 'listed -2'],
  [['127.0.0.99'], 'ignored'],
  [[], 'ignored'],
  [['127.255.255.254'], 'refused'],
  [['127.255.255.252'], 'refused'],
  [['127.0.0.1'], 'refused'],
  [['127.0.1.255'], 'refused'],
  [['127.0.0.2', '127.255.255.255'], 'refused'],
  [['198.51.100.7'], 'refused'],
] as const) {
  test(`an answer ${addresses.join()} means: ${expected}`, () => {
    const meaning = meaningOf(addresses, rules);
    const text = meaning.kind === 'listed' ? `listed ${meaning.logOdds}` : meaning.kind;
    assert.equal(text, expected);
  });
}
