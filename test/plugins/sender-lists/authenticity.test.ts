import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticityOf } from '../../../plugins/sender-lists/authenticity.ts';
import { parseAuthenticationResults } from '../../../src/message/authentication-results.ts';

for (const [results, expected] of [
  ['dmarc=pass header.from=example.org', 'pass'],
  ['dmarc=pass header.from=ann@mail.example.org', 'pass'],
  ['dmarc=pass header.from=other.example', 'fail'],
  ['dmarc=none header.from=other.example', 'fail'],
  ['dmarc=pass header.from=other.example; dkim=pass header.d=example.org', 'pass'],
  ['dmarc=pass', 'unknown'],
  ['dkim=pass header.d=example.org', 'pass'],
  ['dkim=pass header.i=@mail.example.org', 'pass'],
  ['dkim=pass header.d=other.example', 'unknown'],
  ['dkim=pass header.d=badexample.org', 'unknown'],
  ['dkim=pass header.d=org', 'unknown'],
  ['spf=pass smtp.mailfrom=ann@bounce.example.org', 'pass'],
  ['spf=pass smtp.mailfrom=example.org', 'pass'],
  ['spf=pass smtp.mailfrom=ann@other.example', 'unknown'],
  ['spf=fail smtp.mailfrom=ann@example.org', 'fail'],
  ['spf=fail smtp.mailfrom=ann@other.example', 'unknown'],
  ['spf=softfail smtp.mailfrom=ann@example.org', 'unknown'],
  ['dkim=fail header.d=example.org', 'unknown'],
  ['dmarc=fail header.from=example.org', 'fail'],
  ['dmarc=fail header.from=example.org; dkim=pass header.d=example.org', 'pass'],
  ['dkim=none; spf=none', 'unknown'],
] as const) {
  test(`a provider that says '${results}' means ${expected}`, () => {
    const parsed = parseAuthenticationResults(`mx.provider.example; ${results}`)?.results ?? [];
    assert.equal(authenticityOf('example.org', parsed, undefined), expected);
  });
}

for (const [origin, expected] of [
  [{ signers: [], author: 'pass' }, 'pass'],
  [{ signers: ['mail.example.org'], author: 'none' }, 'pass'],
  [{ signers: ['other.example'], author: 'none' }, 'unknown'],
  [{ signers: [], author: 'fail' }, 'fail'],
  [{ signers: [], author: 'unknown' }, 'unknown'],
] as const) {
  test(`a plugin that has found ${JSON.stringify(origin)} means ${expected}`, () => {
    assert.equal(authenticityOf('example.org', [], origin), expected);
  });
}

test('one of the two is enough', () => {
  const failed = parseAuthenticationResults('mx.provider.example; dmarc=fail')?.results ?? [];
  assert.equal(authenticityOf('example.org', failed, { signers: [], author: 'pass' }), 'pass');
});
