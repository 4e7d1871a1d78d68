import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { databaseForm } from '../../../../plugins/spam/models/tables.ts';
import { type Database, openDatabase } from '../../../../src/stores/sqlite.ts';
import { temporaryFolder } from '../../../helpers/process.ts';
import { ann, letter, setting } from './setting.ts';

const pupilFile = fileURLToPath(new URL('./pupil.ts', import.meta.url));

/** Another process that has the same database open. */
function startPupil(file: string, ...args: readonly string[]): ChildProcess {
  return fork(pupilFile, [file, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

const lessonsOf = (database: Database): number =>
  Number(database.get('SELECT count(*) AS n FROM lesson')?.['n']);

test('processes that teach the same model at once lose no lesson, and agree in the end', async () => {
  await using folder = await temporaryFolder('spam-processes');
  const file = join(folder.path, 'spam.db');
  const database = openDatabase(file, databaseForm);
  const pupils = [0, 1, 2].map((index) => startPupil(file, 'teach', String(index * 60), '60'));
  const scores = await Promise.all(
    pupils.map(async (pupil) => {
      await once(pupil, 'message');
      pupil.send('go');
      await once(pupil, 'message');
      return pupil;
    }),
  ).then((all) =>
    Promise.all(
      all.map(async (pupil) => {
        pupil.send('score');
        const [score] = await once(pupil, 'message');
        await once(pupil, 'exit');
        return Number(score);
      }),
    ),
  );
  assert.equal(lessonsOf(database), 180);
  assert.equal(Number(database.get('SELECT revision AS n FROM model')?.['n']), 180);
  const here = setting({ database }).scoreOf(ann, letter('spam', 1000));
  assert.deepEqual(scores, [here, here, here]);
  database.close();
});

test('a lesson of one process counts in another from the next message on', async () => {
  await using folder = await temporaryFolder('spam-processes');
  const file = join(folder.path, 'spam.db');
  const one = openDatabase(file, databaseForm);
  const two = openDatabase(file, databaseForm);
  const here = setting({ database: one });
  const there = setting({ database: two });
  const before = there.scoreOf(ann, letter('spam', 1));
  for (const number of [1, 2, 3]) {
    await here.learn(ann, 'spam', letter('spam', number));
    assert.equal(there.scoreOf(ann, letter('spam', 1)), here.scoreOf(ann, letter('spam', 1)));
  }
  assert.ok(there.scoreOf(ann, letter('spam', 1)) > before);
  await there.models.knowledge.forget(ann);
  assert.equal(here.scoreOf(ann, letter('spam', 1)), before);
  await there.learn(ann, 'ham', letter('ham', 1));
  assert.equal(here.scoreOf(ann, letter('spam', 1)), there.scoreOf(ann, letter('spam', 1)));
  one.close();
  two.close();
});

test('a process that is killed while it teaches leaves whole lessons only', async () => {
  await using folder = await temporaryFolder('spam-processes');
  const file = join(folder.path, 'spam.db');
  const pupil = startPupil(file, 'teach', '0', '100000');
  await once(pupil, 'message');
  const database = openDatabase(file, databaseForm);
  pupil.send('go');
  while (lessonsOf(database) < 80) await new Promise((resolve) => setImmediate(resolve));
  pupil.kill('SIGKILL');
  await once(pupil, 'exit');
  const lessons = lessonsOf(database);
  const revision = Number(database.get('SELECT revision AS n FROM model')?.['n']);
  assert.equal(revision, lessons);
  assert.equal(database.get('PRAGMA integrity_check')?.['integrity_check'], 'ok');
  const fresh = setting();
  for (let number = 0; number < lessons; number += 1) {
    const kind = number % 2 === 0 ? 'spam' : 'ham';
    await fresh.learn(ann, kind, letter(kind, number), { source: 'command' });
  }
  assert.equal(
    setting({ database }).scoreOf(ann, letter('spam', 1)),
    fresh.scoreOf(ann, letter('spam', 1)),
  );
  database.close();
});

test('a lesson that cannot be written is not half learned', async () => {
  const database = openDatabase(':memory:', databaseForm);
  const { learn, scoreOf } = setting({ database });
  await learn(ann, 'ham', letter('ham', 1));
  const before = scoreOf(ann, letter('spam', 1));
  database.run(
    `CREATE TRIGGER full BEFORE INSERT ON lesson
     BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
  );
  await assert.rejects(learn(ann, 'spam', letter('spam', 1)), { code: 'STORE_FAILED' });
  assert.equal(scoreOf(ann, letter('spam', 1)), before);
  database.run('DROP TRIGGER full');
  assert.deepEqual(await learn(ann, 'spam', letter('spam', 1)), { kind: 'learned' });
});
