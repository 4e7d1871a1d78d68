import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registrableDomain } from '#plugin-api';
import {
  brandNamedIn,
  isOfAnyBrand,
  isOfBrand,
} from '../../../../plugins/spam-rules/tables/brand-index.ts';
import { brands, serviceWords } from '../../../../plugins/spam-rules/tables/brands.ts';
import {
  freeHosts,
  freeMail,
  linkGuards,
  shorteners,
} from '../../../../plugins/spam-rules/tables/link-hosts.ts';

const named: readonly (readonly [string, string | undefined])[] = [
  ['PayPal', 'PayPal'],
  ['Your PayPal account', 'PayPal'],
  ['PаyPаI', 'PayPal'],
  ['Amaz0n', 'Amazon'],
  ['Microsoft 365 Team', 'Microsoft'],
  ['Wells-Fargo Online', 'Wells Fargo'],
  ['Apple Support', 'Apple'],
  ['UPS 1Z999', undefined],
  ['UPS Tracking 17', 'UPS'],
  ['Fiona Apple', undefined],
  ['Ann', undefined],
  ['', undefined],
];

for (const [text, brand] of named) {
  test(`${JSON.stringify(text)} names ${brand ?? 'no brand'}`, () => {
    assert.equal(brandNamedIn(text)?.name, brand);
  });
}

const owned: readonly (readonly [string, boolean])[] = [
  ['paypal.com', true],
  ['mail.paypal.de', true],
  ['paypal.com.br', true],
  ['paypal.xyz', false],
  ['paypal.com.evil.example', false],
  ['notpaypal.com', false],
];

for (const [host, isOwn] of owned) {
  test(`${host} belongs to ${isOwn ? 'PayPal' : 'somebody else'}`, () => {
    const paypal = brands.find(({ name }) => name === 'PayPal');
    assert.ok(paypal !== undefined);
    assert.equal(isOfBrand(host, paypal), isOwn);
    assert.equal(isOfAnyBrand(host), isOwn);
  });
}

test('brands are at least sixty, each with words and domains, none twice', () => {
  assert.ok(brands.length >= 60);
  assert.equal(new Set(brands.map(({ name }) => name)).size, brands.length);
  for (const { name, words, domains } of brands) {
    assert.ok(words.length > 0 && words.every((word) => word === word.toLowerCase()), name);
    for (const domain of domains) {
      assert.match(domain, /^[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:\.\*)?$/, name);
    }
  }
  for (const word of serviceWords) assert.match(word, /^[a-z]+$/);
});

test('names of hosts in the tables are such', () => {
  for (const table of [shorteners, freeHosts, linkGuards, freeMail]) {
    for (const host of table) {
      assert.match(host, /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);
      assert.ok(host.includes('.') && (registrableDomain(host) ?? host) !== '', host);
    }
  }
});
