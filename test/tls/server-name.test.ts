import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { checkServerName, ServerNameError } from '../../src/tls/server-name.ts';
import { certificateFor } from '../helpers/test-certificates.ts';

/** Alternative names, the name asked for, and whether that is one of them. */
const cases: readonly (readonly [names: string[], asked: string, isFor: boolean])[] = [
  [['pop.example.net'], 'pop.example.net', true],
  [['pop.example.net'], 'POP.Example.NET', true],
  [['other.example', 'pop.example.net'], 'pop.example.net', true],
  [['pop.example.net'], 'example.net', false],
  [['pop.example.net'], 'a.pop.example.net', false],
  [['pop.example.net'], 'pop.example.net.evil.example', false],
  [['*.example.net'], 'pop.example.net', true],
  [['*.example.net'], 'a.b.example.net', false],
  [['*.example.net'], 'example.net', false],
  [['*.example.net'], '.example.net', false],
  [['p*p.example.net'], 'pop.example.net', false],
  [['p*.example.net'], 'pop.example.net', false],
  [['*p.example.net'], 'pop.example.net', false],
  [['pop.*.net'], 'pop.example.net', false],
  [['*.*.net'], 'pop.example.net', false],
  [['*.net'], 'example.net', false],
  [['*'], 'localhost', false],
  [['*.example.net'], 'xn--bcher-kva.example.net', true],
  [['x*.example.net'], 'xn--bcher-kva.example.net', false],
  [['127.0.0.1'], '127.0.0.1', true],
  [['::1'], '::1', true],
  [['127.0.0.1'], '127.0.0.2', false],
  [['*.0.0.1'], '127.0.0.1', false],
  [['pop.example.net'], '127.0.0.1', false],
  [['127.0.0.1'], 'localhost', false],
  // The common name of the subject is that of the first: it does not count.
  [[], 'pop.example.net', false],
];

for (const [names, asked, isFor] of cases) {
  const { certPem } = certificateFor(names, { commonName: 'pop.example.net' });
  const { raw } = new X509Certificate(certPem);
  test(`a certificate for [${names.join(', ')}] is ${isFor ? '' : 'not '}one for ${asked}`, () => {
    assert.equal(checkServerName(asked, { raw }) === undefined, isFor);
  });
}

test('an address that is written as a name in the certificate does not count', () => {
  const { certPem } = certificateFor(['dns:127.0.0.1']);
  const { raw } = new X509Certificate(certPem);
  assert(checkServerName('127.0.0.1', { raw }) instanceof ServerNameError);
});

test('a refusal tells what was expected and what the certificate is for', () => {
  const { certPem } = certificateFor(['a.example', 'b.example']);
  const error = checkServerName('c.example', { raw: new X509Certificate(certPem).raw });
  assert(error instanceof ServerNameError);
  assert.equal(error.expected, 'c.example');
  assert.equal(error.names, 'DNS:a.example, DNS:b.example');
});
