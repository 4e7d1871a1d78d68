import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAuthenticationResults } from '../../src/message/authentication-results.ts';

function shortly(value: string): string | undefined {
  const parsed = parseAuthenticationResults(value);
  if (parsed === undefined) return undefined;
  const results = parsed.results.map(({ method, result, properties }) =>
    [`${method}=${result}`, ...[...properties].map(([name, text]) => `${name}=${text}`)].join(' '),
  );
  return [parsed.authservId, ...results].join('; ');
}

const values: readonly (readonly [string, string | undefined])[] = [
  ['mx.example.net; none', 'mx.example.net'],
  [
    'MX.example.net 1; dkim=pass header.d=a.org; DMARC=Fail (p=none) header.from=b.org',
    'mx.example.net; dkim=pass header.d=a.org; dmarc=fail header.from=b.org',
  ],
  [
    'mx; spf = softfail (a (nested) comment) smtp.mailfrom=a@b.org',
    'mx; spf=softfail smtp.mailfrom=a@b.org',
  ],
  ['mx; dkim/1=pass reason="good ; \\"signature"', 'mx; dkim=pass reason=good ; "signature'],
  ['"mx.example.net"; arc=pass', 'mx.example.net; arc=pass'],
  ['mx (comment; dmarc=pass); dmarc=fail', 'mx; dmarc=fail'],
  ['mx; dkim=pass (comment without end', undefined],
  ['mx; spf=pass (of "a) ; dmarc=pass header.from=b.org ("@c.org); dmarc=fail', undefined],
  ['mx; dkim=pass reason="quote without end', undefined],
  ['', undefined],
  [';dkim=pass', undefined],
];

for (const [value, expected] of values) {
  test(`results of ${JSON.stringify(value)}`, () => assert.equal(shortly(value), expected));
}

test('of a value beyond all measure nothing is read', () => {
  assert.equal(parseAuthenticationResults(`mx; ${'a=b; '.repeat(10_000)}`), undefined);
  assert.equal(parseAuthenticationResults(`mx; ${'a=b; '.repeat(100)}`)?.results.length, 50);
});

test('whatever a stranger writes is read', () => {
  const unit = fc.constantFrom('a', '=', ';', '(', ')', '"', '\\', ' ', '/', '1');
  fc.assert(
    fc.property(fc.string({ unit }), (value) => {
      const parsed = parseAuthenticationResults(value);
      assert.ok(parsed === undefined || parsed.authservId !== '');
    }),
  );
});
