import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCapabilities } from '../../src/pop3/capability.ts';
import { mayReadAhead } from '../../src/proxy/read-ahead-mode.ts';

const cases: readonly [host: string, capability: string, mode: 'on' | 'off'][] = [
  ['mail.example.org', 'UIDL', 'on'],
  ['mail.example.org', 'EXPIRE NEVER', 'on'],
  ['mail.example.org', 'EXPIRE 30', 'on'],
  ['mail.example.org', 'EXPIRE 0', 'off'],
  ['mail.example.org', 'expire 0 user', 'off'],
  ['mail.example.org', 'EXPIRE 00', 'off'],
  ['pop.gmail.com', 'UIDL', 'off'],
  ['POP.Gmail.com', 'EXPIRE NEVER', 'off'],
  ['pop.googlemail.com', 'UIDL', 'off'],
  ['pop.gmail.com.', 'UIDL', 'off'],
];

for (const [host, capability, mode] of cases) {
  test(`reading ahead is ${mode} at ${host} with ${capability}`, () => {
    const capabilities = parseCapabilities([Buffer.from(capability)]);
    assert.equal(mayReadAhead({ host, readAhead: 'auto' }, capabilities), mode);
    assert.equal(mayReadAhead({ host, readAhead: 'off' }, capabilities), 'off');
  });
}
