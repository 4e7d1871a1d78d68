import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CountedTlsUse, openTlsUses } from '../../src/stores/tls-uses.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/process.ts';

const clock = new FakeClock();
const nowMs = clock.nowMs();

function use(changes: Partial<CountedTlsUse> = {}): CountedTlsUse {
  return {
    side: 'client',
    account: 'anna',
    peer: '192.0.2.1',
    door: 'pop3s',
    mode: 'implicit',
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    sessions: 1,
    firstMs: nowMs,
    lastMs: nowMs,
    ...changes,
  };
}

test('the same use is summed up; another cipher is another use', () => {
  const uses = openTlsUses(':memory:', clock);
  uses.add([use(), use({ cipher: 'other', sessions: 7 })]);
  uses.add([use({ sessions: 4, firstMs: nowMs + 5, lastMs: nowMs + 9 })]);
  const rows = uses.report('account', 0);
  assert.deepEqual(
    rows.map(({ subject, cipher, sessions, firstMs, lastMs }) => [
      subject,
      cipher,
      sessions,
      firstMs,
      lastMs,
    ]),
    [
      ['anna', 'TLS_AES_256_GCM_SHA384', 5, nowMs, nowMs + 9],
      ['anna', 'other', 7, nowMs, nowMs],
    ],
  );
  uses.close();
});

test('accounts count their clients, clients and upstreams their accounts', () => {
  const uses = openTlsUses(':memory:', clock);
  uses.add([
    use(),
    use({ peer: '192.0.2.2' }),
    use({ account: 'berta', peer: '192.0.2.2' }),
    use({ side: 'upstream', peer: 'pop:995', door: 'r' }),
    use({ side: 'upstream', peer: 'pop:995', door: 'r', account: 'berta' }),
  ]);
  const others = (by: 'account' | 'client' | 'upstream') =>
    uses.report(by, 0).map(({ subject, others: count, sessions }) => [subject, count, sessions]);
  assert.deepEqual(others('account'), [
    ['anna', 2, 2],
    ['berta', 1, 1],
  ]);
  assert.deepEqual(others('client'), [
    ['192.0.2.1', 1, 1],
    ['192.0.2.2', 2, 2],
  ]);
  assert.deepEqual(others('upstream'), [['pop:995', 2, 2]]);
  uses.close();
});

test('only what was seen since is reported', () => {
  const uses = openTlsUses(':memory:', clock);
  uses.add([use(), use({ account: 'berta', lastMs: nowMs + 10 })]);
  assert.equal(uses.report('account', nowMs + 5).length, 1);
  uses.close();
});

test('what is too old or too much is forgotten, the longest unused first', () => {
  const uses = openTlsUses(':memory:', clock);
  const dayMs = 86_400_000;
  uses.add(
    Array.from({ length: 20 }, (_, day) =>
      use({ account: `${String(day).padStart(2, '0')}`, lastMs: nowMs - day * dayMs }),
    ),
  );
  uses.trim({ maxAgeMs: 9.5 * dayMs, maxEntries: 1000 });
  assert.equal(uses.report('account', 0).length, 10);
  uses.trim({ maxAgeMs: 9.5 * dayMs, maxEntries: 3 });
  const left = uses.report('account', 0).map(({ subject }) => subject);
  assert.deepEqual(left, ['00', '01', '02']);
  uses.trim({ maxAgeMs: 9.5 * dayMs, maxEntries: 3 });
  assert.equal(uses.report('account', 0).length, 3);
  uses.close();
});

test('names of any kind are values and no SQL', () => {
  const uses = openTlsUses(':memory:', clock);
  const account = `'; DROP TABLE tls_use; -- "\\x00 \u{1f600}`;
  uses.add([use({ account })]);
  assert.equal(uses.report('account', 0)[0]?.subject, account);
  uses.close();
});

test('several write the same file, which only its owner may read', async () => {
  await using folder = await temporaryFolder('tls-uses');
  const file = join(folder.path, 'tls.db');
  const [one, other] = [openTlsUses(file, clock), openTlsUses(file, clock)];
  one.add([use()]);
  other.add([use()]);
  assert.equal(one.report('account', 0)[0]?.sessions, 2);
  one.close();
  other.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
});
