import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatheredTlsUses } from '../../src/stores/gathered-tls-uses.ts';
import type { CountedTlsUse, TlsUse, TlsUses } from '../../src/stores/tls-uses.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

const use: TlsUse = {
  side: 'client',
  account: 'anna',
  peer: '192.0.2.1',
  door: 'pop3',
  mode: 'none',
  protocol: 'none',
  cipher: '',
};
const limits = { maxAgeMs: 1000, maxEntries: 10 };

function gathering(failure?: Error) {
  const clock = new FakeClock();
  const log = recordingLogger();
  const written: (readonly CountedTlsUse[])[] = [];
  let trims = 0;
  let isClosed = false;
  const uses: TlsUses = {
    add(batch) {
      if (failure !== undefined) throw failure;
      written.push(batch);
    },
    report: () => [],
    trim: () => {
      trims += 1;
    },
    close: () => {
      isClosed = true;
    },
  };
  const gathered = new GatheredTlsUses(uses, limits, { clock, log });
  return { clock, log, written, gathered, trims: () => trims, isClosed: () => isClosed };
}

test('what comes within ten seconds is written together, once for each use', async () => {
  const { clock, written, gathered } = gathering();
  gathered.note(use);
  const firstMs = clock.nowMs();
  await clock.advance(4000);
  for (let time = 0; time < 99; time += 1) gathered.note(use);
  gathered.note({ ...use, account: 'berta' });
  assert.deepEqual(written, []);
  await clock.advance(6000);
  assert.equal(written.length, 1);
  assert.deepEqual(written[0], [
    { ...use, sessions: 100, firstMs, lastMs: firstMs + 4000 },
    { ...use, account: 'berta', sessions: 1, firstMs: firstMs + 4000, lastMs: firstMs + 4000 },
  ]);
  assert.equal(clock.timers, 0);
  gathered.note(use);
  await clock.advance(10_000);
  assert.equal(written.length, 2);
});

test('many different uses do not wait', () => {
  const { written, gathered } = gathering();
  for (let name = 0; name < 2500; name += 1) gathered.note({ ...use, account: `${name}` });
  assert.deepEqual(
    written.map(({ length }) => length),
    [1000, 1000],
  );
});

test('what is left is written at the end', () => {
  const { written, gathered, isClosed, clock } = gathering();
  gathered.note(use);
  gathered.close();
  assert.equal(written.length, 1);
  assert.equal(isClosed(), true);
  assert.equal(clock.timers, 0);
});

test('the record is trimmed now and then', async () => {
  const { clock, gathered, trims } = gathering();
  for (let time = 0; time < 31; time += 1) {
    gathered.note(use);
    await clock.advance(10_000);
  }
  assert.equal(trims(), 2);
});

test('a record that cannot be written costs a line in the log and nothing else', async () => {
  const { clock, log, gathered } = gathering(new Error('disk full'));
  gathered.note(use);
  await clock.advance(10_000);
  gathered.note(use);
  await clock.advance(10_000);
  const lines = log.lines.filter(({ level }) => level === 'error');
  assert.equal(lines.length, 2);
});
