import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brandWithin, lookedLike } from '../../../plugins/spam-rules/look-alike-host.ts';

const own = ['our-firm.example', 'gmail.com'];

const alike: readonly (readonly [string, string | undefined])[] = [
  ['paypa1.com', 'paypal'],
  ['www.rnicrosoft.com', 'microsoft'],
  ['amaz0n.co.uk', 'amazon'],
  ['xn--80ak6aa92e.com', undefined],
  ['xn--pypal-4ve.com', 'paypal'],
  ['facebok.com', 'facebook'],
  ['our-f1rm.example', 'our-firm.example'],
  ['our-firms.example', 'our-firm.example'],
  ['our-firm.example', undefined],
  ['mail.our-firm.example', undefined],
  ['our-firm.invalid.example', undefined],
  ['gmial.example', undefined],
  ['paypal.com', undefined],
  ['finance.com', undefined],
  ['example.org', undefined],
  ['203.0.113.7', undefined],
  ['localhost', undefined],
];

for (const [host, like] of alike) {
  test(`${host} looks like ${like ?? 'nothing else'}`, () => {
    assert.equal(lookedLike(host, own), like);
  });
}

const within: readonly (readonly [string, string | undefined])[] = [
  ['paypal.com.evil.example', 'paypal'],
  ['secure-paypal.example.net', 'paypal'],
  ['paypal.xyz', 'paypal'],
  ['www.paypal.com', undefined],
  ['google.github.io', undefined],
  ['paypalfans.example', undefined],
];

for (const [host, brand] of within) {
  test(`${host} has ${brand ?? 'no brand'} in it`, () => assert.equal(brandWithin(host), brand));
}
