// Owns reading a message into a letter for tests of rules, as the plugin does.
import { tmpdir } from 'node:os';
import type { Letter } from '../../../plugins/spam-rules/letter/letter.ts';
import type { ProviderTrust } from '../../../plugins/spam-rules/letter/provider-results.ts';
import { readLetter } from '../../../plugins/spam-rules/letter/read-letter.ts';
import { ArrivingMessage } from '../../../src/pipeline/arriving-message.ts';
import { Interest } from '../../../src/pipeline/interest.ts';
import { sampleFacts, spoolOf } from '../../../src/pipeline/testing.ts';

/** Of the reader in these tests. */
export const reader = 'bob@own-firm.example';

export const trust: ProviderTrust = {
  routes: undefined,
  authservIds: new Set(['mx.example.net']),
  spamFields: ['x-spam-flag', 'x-spam-status'],
};

/** The day on which the letters of these tests are read. */
export const nowMs = Date.parse('2026-03-03T12:00:00Z');

export async function letterOf(message: Buffer): Promise<Letter> {
  await using spool = spoolOf(message, tmpdir());
  const facts = sampleFacts(message.length);
  const account = { ...facts.account, user: reader };
  const arriving = new ArrivingMessage({ ...facts, account }, spool);
  const settings = { ownDomains: ['other-own.example'], trust: [trust] };
  return await readLetter(arriving.viewWhile(new Interest()), settings, nowMs);
}
