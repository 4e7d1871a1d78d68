import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Trail } from '../../../plugins/audit-log/trail.ts';
import { fillDisk } from '../../helpers/full-disk.ts';
import { eventually, start, temporaryFolder } from '../../helpers/process.ts';
import { plainOptions, record, trailFolder } from './trail-folder.ts';

const appender = fileURLToPath(new URL('./appender.ts', import.meta.url));

for (const [name, maxBytes] of [
  ['', 1_000_000_000],
  [', while files are put aside and compressed', 20_000],
] as const) {
  test(`a writer that is killed leaves a trail that is whole and goes on${name}`, async (t) => {
    const { path, open, verify } = await trailFolder(t);
    for (let round = 0; round < 3; round += 1) {
      const child = await start(process.execPath, [appender, path, `${maxBytes}`]);
      await eventually('lines', () => child.output().includes('writing') || undefined);
      child.kill('SIGKILL');
      await child.exited;
      const printed = await verify();
      assert.equal(printed.at(-1), 'whole', printed.slice(-5).join('\n'));
    }
    const trail = await open();
    await trail.append(record('after'));
    await trail.close();
    assert.equal((await verify()).at(-1), 'whole');
  });
}

test('a second program is refused, and can go on once the first has ended', async (t) => {
  const { path, open, verify } = await trailFolder(t);
  const child = await start(process.execPath, [appender, path, '1000000000']);
  await eventually('lines', () => child.output().includes('writing') || undefined);
  const trail = await open();
  await assert.rejects(trail.append(record('too early')), /another program writes to/);
  child.kill('SIGKILL');
  await child.exited;
  await trail.append(record('now'));
  await trail.close();
  assert.equal((await verify()).at(-1), 'whole');
});

test('a full disk rejects records, and the chain goes on when there is room again', async (t) => {
  await using scratch = await temporaryFolder('audit-full');
  const folder = scratch.path;
  await using disk = await fillDisk(folder);
  if (disk.kind !== 'full') {
    t.skip('no file system of a limited size can be mounted here');
    return;
  }
  const path = join(folder, 'audit.jsonl');
  const ballast = join(folder, 'ballast');
  await writeFile(ballast, Buffer.alloc(32 * 1024));
  const trail = await Trail.open(path, plainOptions);
  const long = 'x'.repeat(3000);
  let written = 0;
  await assert.rejects(
    async () => {
      for (; written < 100; written += 1) await trail.append(record(long));
    },
    { code: 'ENOSPC' },
  );
  assert.ok(written > 0);
  await assert.rejects(trail.append(record(long)), { code: 'ENOSPC' });
  const { size } = await stat(path);
  await writeFile(ballast, '');
  await trail.append(record('room again'));
  await trail.close();
  assert.ok((await stat(path)).size > size);
  const { checkTrail, findHead } = await import('../../../src/cli/audit-check.ts');
  const { findAuditFiles } = await import('../../../src/cli/audit-files.ts');
  await using found = await findAuditFiles(path);
  const head = await findHead(path, undefined);
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  const { files } = found;
  const isWhole = await checkTrail({ files, key: undefined, head, extent: 'whole', print });
  assert.equal(isWhole, true, printed.join('\n'));
});
