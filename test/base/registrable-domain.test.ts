import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasPublicSuffix, isUnder, registrableDomain } from '../../src/base/registrable-domain.ts';

for (const [name, domain] of [
  ['www.example.com', 'example.com'],
  ['example.com', 'example.com'],
  ['a.b.example.co.uk', 'example.co.uk'],
  ['www.city.kawasaki.jp', 'city.kawasaki.jp'],
  ['someone.github.io', 'someone.github.io'],
  ['a.someone.github.io', 'someone.github.io'],
  ['xn--e1afmkfd.xn--p1ai', 'xn--e1afmkfd.xn--p1ai'],
  ['WWW.Example.COM.', 'example.com'],
  ['exa mple.com', undefined],
  ['co.uk', undefined],
  ['com', undefined],
  ['localhost', undefined],
  ['192.0.2.1', undefined],
  ['2001:db8::1', undefined],
  ['', undefined],
] as const) {
  test(`the registrable domain of '${name}' is ${domain}`, () => {
    assert.equal(registrableDomain(name), domain);
  });
}

test('a name has a public suffix when names are registered under its end', () => {
  assert.equal(hasPublicSuffix('example.com'), true);
  assert.equal(hasPublicSuffix('someone.github.io'), true);
  assert.equal(hasPublicSuffix('example.cmo'), false);
  assert.equal(hasPublicSuffix('notes.txt'), false);
  assert.equal(hasPublicSuffix('com'), false);
});

test('a name is under its own domain and under those above', () => {
  assert.equal(isUnder('a.example.org', 'example.org'), true);
  assert.equal(isUnder('example.org', 'example.org'), true);
  assert.equal(isUnder('badexample.org', 'example.org'), false);
});
