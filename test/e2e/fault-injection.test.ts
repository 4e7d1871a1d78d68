// Everything breaks at random, again and again, and after each session the books of all accounts must
// balance: no message is lost, and none looks complete that is not. POSTERN_FAULT_SEED draws the same
// faults again, though not the same race; POSTERN_FAULT_DELIVERIES says how much is delivered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clamdMissing } from '../helpers/clamd.ts';
import { dovecotMissing } from '../helpers/dovecot.ts';
import { runCampaign } from '../helpers/fault-injection/campaign.ts';
import { needs } from '../helpers/requirement.ts';

const missing = dovecotMissing() ?? clamdMissing();
const minuteMs = 60_000;

test('nothing is lost and nothing wrong looks complete, whatever breaks', {
  timeout: 8 * minuteMs,
}, async (t) => {
  if (!needs(t, missing)) return;
  const seed = numberFrom('POSTERN_FAULT_SEED') ?? Math.floor(Math.random() * 2 ** 32);
  const deliveries = numberFrom('POSTERN_FAULT_DELIVERIES') ?? 2000;
  const again = `POSTERN_FAULT_SEED=${seed}`;
  const startedMs = performance.now();
  const result = await runCampaign({
    seed,
    deliveries,
    accounts: 12,
    plainAccounts: 3,
    deadlineMs: 7 * minuteMs,
  }).catch((cause: unknown) => {
    throw new Error(`${again}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  });
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  t.diagnostic(
    `${result.deliveries} deliveries, ${result.sessions} sessions, ${seconds} s, ${again}`,
  );
  for (const line of result.table) t.diagnostic(line);
  assert.deepEqual(result.missing, [], `${again}: this has never happened`);
});

const planted = {
  'broken messages get a terminator': /looks complete and is wrong/,
  'quarantine is damaged': /lost: neither the server nor the client nor quarantine has it/,
} as const;

for (const [sabotage, finding] of Object.entries(planted)) {
  test(`the books do not balance where ${sabotage}`, { timeout: 2 * minuteMs }, async (t) => {
    if (!needs(t, missing)) return;
    const campaign = runCampaign({
      seed: 1,
      deliveries: 400,
      accounts: 4,
      plainAccounts: 0,
      deadlineMs: minuteMs,
      sabotage: sabotage as keyof typeof planted,
    });
    await assert.rejects(campaign, { name: 'BooksDoNotBalance', message: finding });
  });
}

function numberFrom(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${variable} is no number`);
  return value;
}
