import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { AppendFile, type AppendFileOptions } from '../../../plugins/audit-log/append-file.ts';

const always: AppendFileOptions = { durability: 'system', rotationCheckMs: 0 };
const never: AppendFileOptions = { durability: 'system', rotationCheckMs: Infinity };

async function scratchPath(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-audit-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'audit.jsonl');
}

test('the file is created for its owner only', async (t) => {
  const path = await scratchPath(t);
  const file = await AppendFile.open(path, always);
  await file.append('one\n');
  await file.close();
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await readFile(path, 'utf8'), 'one\n');
});

test('what is there already stays', async (t) => {
  const path = await scratchPath(t);
  await writeFile(path, 'old\n');
  const file = await AppendFile.open(path, always);
  await file.append('new\n');
  await file.close();
  assert.equal(await readFile(path, 'utf8'), 'old\nnew\n');
});

test('a line that was cut short before stays alone on its line', async (t) => {
  const path = await scratchPath(t);
  await writeFile(path, '{"time":"20');
  const file = await AppendFile.open(path, always);
  await file.append('one\n');
  await file.append('two\n');
  await file.close();
  assert.equal(await readFile(path, 'utf8'), '{"time":"20\none\ntwo\n');
});

test('lines keep the order of the calls', async (t) => {
  const path = await scratchPath(t);
  const file = await AppendFile.open(path, { durability: 'disk', rotationCheckMs: 0 });
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index}\n`);
  await Promise.all(lines.map((line) => file.append(line)));
  await file.close();
  assert.equal(await readFile(path, 'utf8'), lines.join(''));
});

test('an append has reached the file when it resolves', async (t) => {
  const path = await scratchPath(t);
  const file = await AppendFile.open(path, always);
  const first = file.append('one\n');
  const second = file.append('two\n');
  await first;
  assert.ok((await readFile(path, 'utf8')).startsWith('one\n'));
  await second;
  assert.equal(await readFile(path, 'utf8'), 'one\ntwo\n');
  await file.close();
});

test('lines of several writers to one file never mix', async (t) => {
  const path = await scratchPath(t);
  const anyLines = fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(anyLines, anyLines, async (forA, forB) => {
      await rm(path, { force: true });
      const a = await AppendFile.open(path, never);
      const b = await AppendFile.open(path, never);
      const lines = [
        ...forA.map((length) => ({ file: a, line: `${'a'.repeat(length)}\n` })),
        ...forB.map((length) => ({ file: b, line: `${'b'.repeat(length)}\n` })),
      ];
      await Promise.all(lines.map(({ file, line }) => file.append(line)));
      await Promise.all([a.close(), b.close()]);
      const found = (await readFile(path, 'utf8')).split(/(?<=\n)/).filter((line) => line !== '');
      assert.deepEqual(found.toSorted(), lines.map(({ line }) => line).toSorted());
    }),
    { numRuns: 25 },
  );
});

test('a file that was moved away is followed by a new one', async (t) => {
  const path = await scratchPath(t);
  const file = await AppendFile.open(path, always);
  await file.append('one\n');
  await rename(path, `${path}.1`);
  await file.append('two\n');
  await file.close();
  assert.equal(await readFile(`${path}.1`, 'utf8'), 'one\n');
  assert.equal(await readFile(path, 'utf8'), 'two\n');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test('a file that took the place of the old one is used', async (t) => {
  const path = await scratchPath(t);
  const file = await AppendFile.open(path, always);
  await file.append('one\n');
  await rename(path, `${path}.1`);
  await writeFile(path, 'made by logrotate\n');
  await file.append('two\n');
  await file.close();
  assert.equal(await readFile(path, 'utf8'), 'made by logrotate\ntwo\n');
});

test('the path is not looked up before it is time', async (t) => {
  const path = await scratchPath(t);
  const file = await AppendFile.open(path, never);
  await rename(path, `${path}.1`);
  await file.append('one\n');
  await file.close();
  assert.equal(await readFile(`${path}.1`, 'utf8'), 'one\n');
  assert.equal(existsSync(path), false);
});

test('a file that was emptied in place goes on from its start', async (t) => {
  const path = await scratchPath(t);
  const file = await AppendFile.open(path, always);
  await file.append('one\n');
  await writeFile(path, '');
  await file.append('two\n');
  await file.close();
  assert.equal(await readFile(path, 'utf8'), 'two\n');
});

test('without its folder nothing is written, and all is well once that is back', async (t) => {
  const path = await scratchPath(t);
  const folder = dirname(path);
  const file = await AppendFile.open(path, always);
  await file.append('one\n');
  await rename(folder, `${folder}.away`);
  t.after(() => rm(`${folder}.away`, { recursive: true, force: true }));
  await assert.rejects(file.append('lost\n'), { code: 'ENOENT' });
  await assert.rejects(file.append('lost as well\n'), { code: 'ENOENT' });
  await mkdir(folder);
  await file.append('two\n');
  await file.close();
  assert.equal(await readFile(path, 'utf8'), 'two\n');
  assert.equal(await readFile(join(`${folder}.away`, 'audit.jsonl'), 'utf8'), 'one\n');
});

test('a full disk rejects every line of the batch', async () => {
  const file = await AppendFile.open('/dev/full', always);
  const results = await Promise.allSettled([file.append('one\n'), file.append('two\n')]);
  await assert.rejects(file.append('three\n'), { code: 'ENOSPC' });
  await file.close();
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

test('a file that cannot be opened is an error at once', async (t) => {
  const path = await scratchPath(t);
  await assert.rejects(AppendFile.open(join(path, 'in a folder that is not'), always), {
    code: 'ENOENT',
  });
  await assert.rejects(AppendFile.open(dirname(path), always), { code: 'EISDIR' });
});

test('closing waits for lines that were given before, and takes no more', async (t) => {
  const path = await scratchPath(t);
  const file = await AppendFile.open(path, always);
  const pending = [file.append('one\n'), file.append('two\n')];
  await file.close();
  assert.equal(await readFile(path, 'utf8'), 'one\ntwo\n');
  await Promise.all(pending);
  await assert.rejects(file.append('three\n'), /closed/);
  await file.close();
});
