import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Rotation } from '../../../plugins/audit-log/options.ts';
import { Trail } from '../../../plugins/audit-log/trail.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';
import { eventsOf, plainOptions, record, trailFolder } from './trail-folder.ts';

// Two lines of the tests fit into a file.
const bySize: Rotation = { maxBytes: 500, every: 'never', keep: { kind: 'all' }, form: 'plain' };
const dayMs = 86_400_000;

test('files are put aside under load, and no record is lost or out of order', async (t) => {
  const { folder, open, names, read, verify } = await trailFolder(t);
  const trail = await open({ rotation: { ...bySize, maxBytes: 4096, form: 'compressed' } });
  const texts = Array.from({ length: 300 }, (_, index) => `event ${index}`);
  const appended: Promise<void>[] = [];
  for (const [index, text] of texts.entries()) {
    appended.push(trail.append(record(text)));
    if (index % 7 === 0) await appended.at(-1);
  }
  await Promise.all(appended);
  await trail.close();

  const files = (await names()).filter((name) => /^audit-.*\.jsonl(?:\.gz)?$/.test(name));
  assert.ok(files.length > 10, files.join());
  const events: unknown[] = [];
  for (const name of files) {
    const octets = await readFile(join(folder, name));
    events.push(...eventsOf((name.endsWith('.gz') ? gunzipSync(octets) : octets).toString()));
  }
  events.push(...eventsOf(await read()));
  assert.deepEqual(events, texts);
  assert.equal((await verify()).at(-1), 'whole');
});

test('the first line of a file names the one before', async (t) => {
  const clock = new FakeClock();
  const { open, names, read, verify } = await trailFolder(t);
  const trail = await open({ clock, rotation: bySize });
  for (let index = 0; index < 5; index += 1) await trail.append(record(`event ${index}`));
  await trail.close();
  const [first = '', ...others] = (await names()).filter((name) => name.startsWith('audit-'));
  assert.equal(first, 'audit-2026-11-02T000000Z-000001.jsonl');
  assert.equal(others.length, 1);
  assert.match(await read(others[0]), new RegExp(`^\\{"seq":3,[^\n]*"after":"${first}",`));
  assert.equal((await verify()).at(-1), 'whole');
});

test('with a new day a new file begins, also after a restart', async (t) => {
  const clock = new FakeClock();
  const rotation: Rotation = { ...bySize, maxBytes: 1_000_000, every: 'day' };
  const { open, names, read, verify } = await trailFolder(t);
  const trail = await open({ clock, rotation });
  await trail.append(record('monday'));
  await clock.advance(dayMs / 2);
  await trail.append(record('monday noon'));
  await trail.close();
  await clock.advance(dayMs / 2);
  const again = await open({ clock, rotation });
  await again.append(record('tuesday'));
  await again.close();
  const [aside = ''] = (await names()).filter((name) => name.startsWith('audit-'));
  assert.equal(aside, 'audit-2026-11-03T000000Z-000001.jsonl');
  assert.deepEqual(eventsOf(await read(aside)), ['monday', 'monday noon']);
  assert.deepEqual(eventsOf(await read()), ['tuesday']);
  assert.equal((await verify()).at(-1), 'whole');
});

test('old files go, and the trail says which and up to where', async (t) => {
  const { folder, open, names, verify } = await trailFolder(t);
  const rotation: Rotation = { ...bySize, maxBytes: 2000, keep: { kind: 'files', count: 2 } };
  const trail = await open({ rotation });
  const asides = async () => (await names()).filter((name) => name.startsWith('audit-'));
  for (let index = 0; index < 40; index += 1) await trail.append(record(`event ${index}`));
  while ((await asides()).length > 3) await trail.append(record('more'));
  await trail.close();

  const kept = [...(await asides()), 'audit.jsonl'];
  const text = (await Promise.all(kept.map((name) => readFile(join(folder, name), 'utf8')))).join(
    '',
  );
  const removals = text.match(/"event":"retention","removed":\["audit-/g) ?? [];
  assert.ok(removals.length > 0);
  assert.equal((await verify()).at(-1), 'whole');

  // One more than those that are gone on purpose.
  await rm(join(folder, kept[0] ?? ''));
  const printed = await verify();
  assert.match(printed[0] ?? '', /: missing: before it, lines? .* not there$/);
  assert.equal(printed.at(-1), 'not whole');
});

test('what was left uncompressed by a crash is compressed at the next start', async (t) => {
  const { folder, open, names, verify } = await trailFolder(t);
  const trail = await open({ rotation: bySize });
  for (let index = 0; index < 4; index += 1) await trail.append(record(`event ${index}`));
  await trail.close();
  const [aside = ''] = (await names()).filter((name) => name.startsWith('audit-'));
  const octets = await readFile(join(folder, aside));
  // Between the two last steps of the compression both are there.
  await writeFile(join(folder, `${aside}.gz`), gzipSync(octets));
  await writeFile(join(folder, `${aside}.gz.new`), 'unfinished');
  assert.equal((await verify()).at(-1), 'whole');

  const again = await open({ rotation: { ...bySize, maxBytes: 100_000, form: 'compressed' } });
  await again.append(record('after'));
  while ((await names()).includes(aside)) await again.append(record('more'));
  await again.close();
  assert.deepEqual(gunzipSync(await readFile(join(folder, `${aside}.gz`))), octets);
  assert.equal((await verify()).at(-1), 'whole');
});

test('a compressed file that is damaged is named', async (t) => {
  const { folder, open, names, verify } = await trailFolder(t);
  const trail = await open({ rotation: bySize });
  for (let index = 0; index < 4; index += 1) await trail.append(record(`event ${index}`));
  await trail.close();
  const [aside = ''] = (await names()).filter((name) => name.startsWith('audit-'));
  const whole = gzipSync(await readFile(join(folder, aside)));
  await writeFile(join(folder, `${aside}.gz`), whole.subarray(0, whole.length - 20));
  await rm(join(folder, aside));
  await assert.rejects(verify(), (error: Error) =>
    error.message.includes(`${aside}.gz: cannot be read`),
  );
});

test('a file that cannot be put aside grows on, and no record is lost', async (t) => {
  const log = recordingLogger();
  const { folder } = await trailFolder(t);
  // Its name is so long that there is none for the old file.
  const path = join(folder, `${'a'.repeat(240)}.jsonl`);
  const trail = await Trail.open(path, { ...plainOptions, log, rotation: bySize });
  for (let index = 0; index < 5; index += 1) await trail.append(record(`event ${index}`));
  await trail.close();
  assert.equal(eventsOf(await readFile(path, 'utf8')).length, 5);
  assert.deepEqual(
    log.lines.map(({ level, text }) => `${level}: ${text}`),
    ['error: the audit file cannot be put aside and grows on'],
  );
});
