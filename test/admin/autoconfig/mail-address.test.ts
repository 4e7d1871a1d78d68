import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMailAddress, toDomain } from '../../../src/admin/autoconfig/mail-address.ts';

test('the domain is compared in the form of DNS', () => {
  const domains: readonly [string, string | undefined][] = [
    ['joe@example.net', 'example.net'],
    ['joe@EXAMPLE.Net.', 'example.net'],
    ['jo@e@example.net', undefined],
    ['jö@müller.example', 'xn--mller-kva.example'],
    ["o'brien+x@example.net", 'example.net'],
    ['@example.net', undefined],
    ['example.net', undefined],
    ['joe@', undefined],
    ['joe@localhost', undefined],
    ['joe@exa mple.net', undefined],
    ['joe@example.net/x', undefined],
    ['joe@[192.0.2.1]', undefined],
    ['jo e@example.net', undefined],
    ['joe\r\n@example.net', undefined],
    ['<joe@example.net', undefined],
    [`${'j'.repeat(400)}@example.net`, undefined],
  ];
  for (const [text, domain] of domains) {
    assert.equal(parseMailAddress(text)?.domain, domain, text);
  }
});

test('whatever a stranger sends, there is an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parsed = parseMailAddress(text);
      if (parsed !== undefined) assert.equal(parsed.address, text);
      assert.match(toDomain(text) ?? 'a.b', /^[a-z0-9.-]+$/);
    }),
  );
});
