import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import {
  appendFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Trail } from '../../../plugins/audit-log/trail.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';
import { eventsOf, plainOptions, record, trailFolder } from './trail-folder.ts';

const key = Buffer.from('0123456789abcdef');

for (const durability of ['system', 'disk'] as const) {
  test(`records become a chain, in the order of the calls (${durability})`, async (t) => {
    const { path, open, read, verify } = await trailFolder(t);
    const trail = await open({ durability });
    const names = Array.from({ length: 200 }, (_, index) => `event ${index}`);
    await Promise.all(names.map((name) => trail.append(record(name))));
    await trail.close();
    assert.deepEqual(eventsOf(await read()), names);
    assert.equal((await verify()).at(-1), 'whole');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await stat(`${path}.head`)).mode & 0o777, 0o600);
  });
}

test('an append has reached the file when it resolves', async (t) => {
  const { open, read } = await trailFolder(t);
  const trail = await open();
  const first = trail.append(record('one'));
  const second = trail.append(record('two'));
  await first;
  assert.deepEqual(eventsOf(await read())[0], 'one');
  await second;
  assert.deepEqual(eventsOf(await read()), ['one', 'two']);
  await trail.close();
});

test('the chain goes on over restarts', async (t) => {
  const { open, read, verify } = await trailFolder(t);
  for (const name of ['one', 'two', 'three']) {
    const trail = await open({ key });
    await trail.append(record(name));
    await trail.close();
  }
  assert.deepEqual(eventsOf(await read()), ['one', 'two', 'three']);
  assert.equal((await verify(key)).at(-1), 'whole');
  assert.equal((await verify()).at(-1), 'not whole');
});

test('lines that were written behind the checkpoint are part of the chain', async (t) => {
  const { path, open, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  const head = await readFile(`${path}.head`);
  await trail.append(record('two'));
  await trail.append(record('three'));
  await trail.close();
  await writeFile(`${path}.head`, head);
  const again = await open();
  await again.append(record('four'));
  await again.close();
  assert.deepEqual(await verify(), [
    'audit.jsonl: ok, 4 lines from 2026-11-02T10:00:00.000Z to 2026-11-02T10:00:00.000Z',
    'whole, up to line 4',
    'whole',
  ]);
});

test('a torn last line stays, and the next line says so', async (t) => {
  const { path, open, read, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  await trail.close();
  await appendFile(path, '{"seq":2,"pr');
  const again = await open();
  await again.append(record('two'));
  await again.append(record('three'));
  await again.close();
  const [, torn, two = ''] = (await read()).split('\n');
  assert.equal(torn, '{"seq":2,"pr');
  assert.equal(JSON.parse(two).torn, 12);
  assert.deepEqual((await verify()).slice(1), [
    'note: audit.jsonl:2: 12 octets of a torn line',
    'whole, up to line 3',
    'whole',
  ]);
});

test('a last line that lacks its line end alone counts', async (t) => {
  const { path, open, read, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  await trail.append(record('two'));
  await trail.close();
  await truncate(path, (await stat(path)).size - 1);
  const again = await open();
  await again.append(record('three'));
  await again.close();
  assert.deepEqual(eventsOf(await read()), ['one', 'two', 'three']);
  assert.equal((await verify()).at(-1), 'whole');
});

test('what was there before the chain stays, and is told from a torn line', async (t) => {
  const { path, open, read, verify } = await trailFolder(t);
  await writeFile(path, '{"event":"old"}\n');
  const trail = await open();
  await trail.append(record('one'));
  await trail.close();
  assert.match(await read(), /^\{"event":"old"\}\n\n\{"seq":1,.*"unchained":16,/);
  assert.equal((await verify()).at(-1), 'whole');
});

test('octets that somebody else appends are accounted for', async (t) => {
  const { path, open, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  await appendFile(path, 'hello\n');
  await trail.append(record('two'));
  await trail.append(record('three'));
  await trail.close();
  assert.deepEqual((await verify()).slice(1), [
    'note: audit.jsonl:2: 6 octets of a torn line',
    'whole, up to line 3',
    'whole',
  ]);
});

test('lines that were cut off at the end are missed, also after the chain has gone on', async (t) => {
  const { path, open, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  const { size } = await stat(path);
  await trail.append(record('two'));
  await trail.close();
  await truncate(path, size);
  assert.deepEqual((await verify()).slice(1), [
    'truncated: at the end, line 2 is not there',
    'not whole',
  ]);
  const again = await open();
  await again.append(record('three'));
  await again.close();
  assert.deepEqual(await verify(), [
    'audit.jsonl:2: missing: before it, line 2 is not there',
    'not whole',
  ]);
});

test('a checkpoint that is gone is missed, and that it was gone is on record', async (t) => {
  const { path, open, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  await trail.close();
  await rm(`${path}.head`);
  assert.match((await verify()).join('\n'), /audit\.jsonl\.head: missing: .*\nnot whole$/);
  const log = recordingLogger();
  const again = await open({ log });
  await again.append(record('two'));
  await again.close();
  assert.deepEqual(
    log.lines.map(({ level, fields }) => [level, fields['seq']]),
    [['warn', 1]],
  );
  assert.deepEqual((await verify()).slice(1), [
    'note: audit.jsonl:2: there was no checkpoint when the trail was opened here; lines may be missing before it',
    'nothing is wrong up to line 2, but lines may be missing where the notes say so',
    'whole',
  ]);
});

test('with a key, lines that may be missing before a lost checkpoint are no whole trail', async (t) => {
  const { path, open, verify } = await trailFolder(t);
  const key = Buffer.from('k'.repeat(32));
  for (const word of ['one', 'two']) {
    const trail = await open({ key });
    await trail.append(record(word));
    await trail.close();
    if (word === 'one') await rm(`${path}.head`);
  }
  assert.equal((await verify(key)).at(-1), 'not whole');
});

test('a checkpoint that a power cut has emptied counts as gone', async (t) => {
  const { path, open, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  await trail.close();
  await writeFile(`${path}.head`, '');
  const again = await open();
  await again.append(record('two'));
  await again.close();
  assert.equal((await verify()).at(-1), 'whole');
});

test('a trail that was sealed with another key is not gone on with', async (t) => {
  const { open } = await trailFolder(t);
  const trail = await open({ key });
  await trail.append(record('one'));
  await trail.close();
  await assert.rejects(open(), /made with another key/);
  await assert.rejects(open({ key: Buffer.from('another key of 16') }), /made with another key/);
});

test('a file that was moved away is followed by a new one, and the chain goes on', async (t) => {
  const { path, open, read, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  await rename(path, `${path}.1`);
  await trail.append(record('two'));
  await trail.close();
  assert.deepEqual(eventsOf(await read('audit.jsonl.1')), ['one']);
  assert.deepEqual(eventsOf(await read()), ['two']);
  assert.equal(JSON.parse(await read()).after, '(moved)');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await verify()).at(-1), 'whole');
});

test('a file that was moved away while nothing ran does not end the chain', async (t) => {
  const { path, open, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  await trail.close();
  await rename(path, `${path}-20261124`);
  const again = await open();
  await again.append(record('two'));
  await again.close();
  assert.deepEqual(await verify(), [
    'audit.jsonl-20261124: ok, 1 lines from 2026-11-02T10:00:00.000Z to 2026-11-02T10:00:00.000Z',
    'audit.jsonl: ok, 1 lines from 2026-11-02T10:00:00.000Z to 2026-11-02T10:00:00.000Z',
    'whole, up to line 2',
    'whole',
  ]);
});

test('a file that took the place of the old one is used', async (t) => {
  const { path, open, read, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  await rename(path, `${path}.1`);
  await writeFile(path, 'made by logrotate\n');
  await trail.append(record('two'));
  await trail.close();
  assert.match(await read(), /^made by logrotate\n\n\{"seq":2,.*"torn":18,.*\}\n$/);
  assert.equal((await verify()).at(-1), 'whole');
});

test('a file that was emptied in place goes on from its start', async (t) => {
  const { path, open, read, verify } = await trailFolder(t);
  const trail = await open();
  await trail.append(record('one'));
  await writeFile(`${path}.1`, await readFile(path));
  await writeFile(path, '');
  await trail.append(record('two'));
  await trail.close();
  assert.deepEqual(eventsOf(await read()), ['two']);
  assert.equal((await verify()).at(-1), 'whole');
});

test('the path is not looked up before it is time', async (t) => {
  const { path, open, read } = await trailFolder(t);
  const trail = await open({ moveCheckMs: Number.POSITIVE_INFINITY });
  await trail.append(record('one'));
  await rename(path, `${path}.1`);
  await trail.append(record('two'));
  await trail.close();
  assert.deepEqual(eventsOf(await read('audit.jsonl.1')), ['one', 'two']);
  assert.equal(existsSync(path), false);
});

test('without its folder nothing is written, and the chain goes on once that is back', async (t) => {
  const { folder, path, read } = await trailFolder(t);
  const inner = join(folder, 'inner');
  await mkdir(inner);
  const file = join(inner, 'audit.jsonl');
  const trail = await Trail.open(file, plainOptions);
  await trail.append(record('one'));
  await rename(inner, join(folder, 'away'));
  await assert.rejects(trail.append(record('lost')), { code: 'ENOENT' });
  await assert.rejects(trail.append(record('lost as well')), { code: 'ENOENT' });
  await mkdir(inner);
  await trail.append(record('two'));
  await trail.close();
  assert.equal(JSON.parse(await read('inner/audit.jsonl')).seq, 2);
  assert.equal(existsSync(path), false);
});

test('a device has no past and no checkpoint, and a full one rejects every record', async () => {
  const trail = await Trail.open('/dev/full', plainOptions);
  const results = await Promise.allSettled([
    trail.append(record('one')),
    trail.append(record('2')),
  ]);
  await assert.rejects(trail.append(record('three')), { code: 'ENOSPC' });
  await trail.close();
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(existsSync('/dev/full.head'), false);
});

test('a file that cannot be opened is an error at once', async (t) => {
  const { path } = await trailFolder(t);
  await assert.rejects(Trail.open(join(path, 'in a folder that is not'), plainOptions), {
    code: 'ENOENT',
  });
  await assert.rejects(Trail.open(dirname(path), plainOptions), { code: 'EISDIR' });
});

test('closing waits for records that were given before, and takes no more', async (t) => {
  const { open, read } = await trailFolder(t);
  const trail = await open();
  const pending = [trail.append(record('one')), trail.append(record('two'))];
  await trail.close();
  assert.deepEqual(eventsOf(await read()), ['one', 'two']);
  await Promise.all(pending);
  await assert.rejects(trail.append(record('three')), /closed/);
  await trail.close();
});
