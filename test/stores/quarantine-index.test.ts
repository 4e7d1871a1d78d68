import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { QuarantineQuery } from '../../src/stores/store.ts';
import { putNumbered, quarantinePlace } from './quarantine-fixture.ts';

test('entries are listed latest first, by account, state, time and number', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const accounts = [
    { user: 'ann', upstreamHost: 'one' },
    { user: 'ann', upstreamHost: 'two' },
    { user: 'bob', upstreamHost: 'one' },
  ];
  const startMs = place.clock.nowMs();
  const ids: string[] = [];
  for (const [index, account] of [...accounts, ...accounts].entries()) {
    ids.push(await putNumbered(quarantine, index, { ...account, subject: `${index}` }));
    await place.clock.advance(1000);
  }
  await quarantine.mark(ids[0]!, 'released');
  await quarantine.mark(ids[1]!, 'discarded');
  const cases: readonly (readonly [QuarantineQuery, string])[] = [
    [{}, '543210'],
    [{ limit: 2 }, '54'],
    [{ owner: {} }, '543210'],
    [{ owner: { user: 'ann' } }, '4310'],
    [{ owner: { user: 'ann', upstreamHost: 'one' } }, '30'],
    [{ owner: { upstreamHost: 'one' } }, '5320'],
    [{ owner: { user: 'ANN' } }, ''],
    [{ states: ['held'] }, '5432'],
    [{ states: ['released', 'discarded'] }, '10'],
    [{ states: [] }, ''],
    [{ storedSinceMs: startMs + 4000 }, '54'],
    [{ owner: { user: 'ann' }, states: ['held'], storedSinceMs: startMs + 3000, limit: 1 }, '4'],
  ];
  for (const [query, expected] of cases) {
    const subjects = (await quarantine.list(query)).map(({ subject }) => subject);
    assert.equal(subjects.join(''), expected, JSON.stringify(query));
  }
});

test('facts that are missing stay missing, and text of any kind comes back as it was', async () => {
  await using place = await quarantinePlace();
  const { quarantine } = await place.open();
  const texts = { subject: "Grüße '); DROP TABLE entry; -- 🎁", from: undefined, date: '' };
  const id = await putNumbered(quarantine, 1, { ...texts, uidl: undefined, findings: [] });
  const entry = await quarantine.find(id);
  assert.deepEqual({ subject: entry?.subject, from: entry?.from, date: entry?.date }, texts);
  assert.equal(entry?.uidl, undefined);
  assert.deepEqual(entry?.findings, []);
});

test('what is asked at each login and each deletion needs no walk over the whole index', async () => {
  await using place = await quarantinePlace();
  await place.open();
  using index = new DatabaseSync(join(place.folder, 'index.db'));
  const planOf = (sql: string): string =>
    index
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => row['detail'])
      .join('\n');
  const statements = [
    `SELECT * FROM entry WHERE TRUE AND user = 'a' AND upstream_host = 'b'
       AND state IN (SELECT value FROM json_each('["released"]')) ORDER BY stored_at DESC, id`,
    `SELECT * FROM entry WHERE id = 'a'`,
    `SELECT * FROM entry WHERE code = 'a'`,
    `SELECT 1 FROM entry WHERE content = 'a'`,
    `SELECT id FROM letter WHERE user = 'a' AND upstream_host = 'b' ORDER BY posted_at, number`,
  ];
  for (const sql of statements) {
    assert.match(planOf(sql), /^SEARCH (?:entry|letter) USING/m, sql);
    assert.doesNotMatch(planOf(sql), /SCAN (?:entry|letter)/, sql);
  }
});
