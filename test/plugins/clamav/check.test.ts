import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Diagnosis } from '#plugin-api';
import { check } from '../../../plugins/clamav/check.ts';
import { optionsSchema } from '../../../plugins/clamav/options.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { FakeClamd } from './fake-clamd.ts';

// The clock of the test stands at 2 November 2026.
const fresh = 'ClamAV 1.4.6/27500/Sun Nov  1 09:12:33 2026\n';
const old = 'ClamAV 1.4.6/27400/Thu Oct  1 09:12:33 2026\n';

async function diagnosing(options: object): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  const services = {
    clock: new FakeClock(),
    signal: new AbortController().signal,
    resolvePath: (path: string) => path,
  };
  for await (const each of check(optionsSchema.parse(options), services)) found.push(each);
  return found;
}

function lines(found: readonly Diagnosis[]): string[] {
  return found.map((each) => `${each.level} ${each.found}`);
}

test('a clamd that is well is told with its version and its signatures', async () => {
  await using fake = await FakeClamd.start({ version: fresh });
  const found = lines(await diagnosing({ socket: fake.address }));
  assert.match(found[0] ?? '', /^ok clamd at .* is ClamAV 1\.4\.6$/);
  assert.match(found[1] ?? '', /^ok signatures 27500 of 2026-1\d-\d\d$/);
  assert.equal(found.length, 2);
});

test('old signatures, and none at all, are worth a warning', async () => {
  await using stale = await FakeClamd.start({ version: old });
  assert.match(lines(await diagnosing({ socket: stale.address }))[1] ?? '', /^warn .* days old$/);
  await using bare = await FakeClamd.start({ version: 'ClamAV 1.4.6\n' });
  assert.match(lines(await diagnosing({ socket: bare.address }))[1] ?? '', /^warn .* no official/);
});

test('each clamd is asked, and one that is not there fails', async () => {
  await using fake = await FakeClamd.start({ at: 'tcp', version: fresh });
  const { host, port } = fake.address as { host: string; port: number };
  const servers = [{ socket: '/nonexistent/clamd.sock' }, { host, port }];
  const found = await diagnosing({ servers });
  assert.deepEqual(
    found.map(({ level }) => level),
    ['fail', 'ok', 'ok'],
  );
  assert.match(found[0]?.found ?? '', /does not answer/);
});

test('limits of clamd that do not fit are worth a warning', async () => {
  await using folder = await temporaryFolder('clamd-conf');
  const clamd_conf = join(folder.path, 'clamd.conf');
  await writeFile(clamd_conf, 'AlertExceedsMax no\n');
  await using fake = await FakeClamd.start({ version: fresh });
  const found = await diagnosing({ socket: fake.address, clamd_conf });
  assert.match(lines(found)[2] ?? '', /^warn clamd calls content beyond its limits clean/);
});
