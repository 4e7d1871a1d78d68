import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { WatchedFile } from '../../../../plugins/spam-rules/own/watched-file.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { temporaryFolder } from '../../../helpers/process.ts';
import { recordingLogger } from '../../../helpers/recording-logger.ts';

async function load(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  if (text.startsWith('wrong')) throw new Error('wrong');
  return text;
}

test('a file is read anew when it has changed, and a wrong version is told of and not used', async () => {
  await using folder = await temporaryFolder('watched');
  const path = join(folder.path, 'rules.yaml');
  const clock = new FakeClock();
  const log = recordingLogger();
  await writeFile(path, 'one');
  const file = await WatchedFile.open({ path, clock, log, load });
  assert.equal(await file.current(), 'one');

  await writeFile(path, 'second');
  assert.equal(await file.current(), 'one', 'it is not looked at for every message');
  await clock.advance(5000);
  assert.equal(await file.current(), 'second');

  await writeFile(path, 'wrong!');
  await clock.advance(5000);
  assert.equal(await file.current(), 'second');
  await clock.advance(5000);
  assert.equal(await file.current(), 'second');
  await rm(path);
  await clock.advance(5000);
  assert.equal(await file.current(), 'second');
  await writeFile(path, 'a third');
  await clock.advance(5000);
  assert.equal(await file.current(), 'a third');
  assert.deepEqual(
    log.lines.map(({ level }) => level),
    ['info', 'error', 'error', 'info'],
  );
});

test('a file that is wrong from the beginning is no rules file', async () => {
  await using folder = await temporaryFolder('watched');
  const path = join(folder.path, 'none.yaml');
  await assert.rejects(
    WatchedFile.open({ path, clock: new FakeClock(), log: recordingLogger(), load }),
  );
});
