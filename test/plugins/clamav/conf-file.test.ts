import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findConf } from '../../../plugins/clamav/conf-file.ts';
import { temporaryFolder } from '../../helpers/process.ts';

test('the file that is named is read, also for a clamd behind TCP', async () => {
  await using folder = await temporaryFolder('clamd-conf');
  const path = join(folder.path, 'clamd.conf');
  await writeFile(path, 'MaxThreads 3\n');
  const address = { kind: 'tcp', host: 'scanner.example.org', port: 3310 } as const;
  const found = await findConf({ address, clamdConf: path }, []);
  assert.equal(found?.path, path);
  assert.equal(found?.conf.maxThreads, 3);
});

test('a file that is named and cannot be read is an error', async () => {
  await assert.rejects(
    findConf({ address: { kind: 'unix', path: '/s' }, clamdConf: '/nonexistent/clamd.conf' }),
    /the file that clamd_conf names cannot be read: \/nonexistent\/clamd\.conf/,
  );
});

test('a file in a usual place counts only when it names this very socket', async () => {
  await using folder = await temporaryFolder('clamd-conf');
  await mkdir(join(folder.path, 'run'));
  await symlink('run', join(folder.path, 'var-run'));
  const [other, own] = [join(folder.path, 'other.conf'), join(folder.path, 'own.conf')];
  await writeFile(other, `LocalSocket ${join(folder.path, 'run', 'other.sock')}\n`);
  await writeFile(own, `LocalSocket ${join(folder.path, 'var-run', 'clamd.sock')}\n`);
  const places = ['/nonexistent/clamd.conf', other, own];
  const at = (path: string) =>
    findConf({ address: { kind: 'unix', path }, clamdConf: undefined }, places);
  assert.equal((await at(join(folder.path, 'run', 'clamd.sock')))?.path, own);
  assert.equal((await at(join(folder.path, 'run', 'other.sock')))?.path, other);
  assert.equal(await at(join(folder.path, 'run', 'third.sock')), undefined);
});

test('nothing is guessed of a clamd behind TCP', async () => {
  await using folder = await temporaryFolder('clamd-conf');
  const path = join(folder.path, 'clamd.conf');
  await writeFile(path, 'LocalSocket 127.0.0.1\nTCPSocket 3310\n');
  const address = { kind: 'tcp', host: '127.0.0.1', port: 3310 } as const;
  assert.equal(await findConf({ address, clamdConf: undefined }, [path]), undefined);
});
