// The quarantine on a disk that is really full.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { AppError, explain } from '../../src/base/errors.ts';
import { openQuarantineFolder } from '../../src/stores/quarantine-folder.ts';
import type { QuarantineRecord } from '../../src/stores/store.ts';
import { fillDisk } from '../helpers/full-disk.ts';
import { temporaryFolder } from '../helpers/process.ts';

function recordOf(content: Buffer): QuarantineRecord {
  return {
    user: 'ann',
    upstreamHost: 'mail.example.org',
    uidl: undefined,
    sha256: createHash('sha256').update(content).digest('hex'),
    octets: content.length,
    findings: [],
    from: undefined,
    subject: undefined,
    date: undefined,
    messageId: undefined,
    sessionId: 's1',
    clientAddress: '192.0.2.1',
  };
}

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

test('a message that does not fit is refused whole, and one that fits is stored', async (t) => {
  await using folder = await temporaryFolder('full-disk');
  await using disk = await fillDisk(folder.path);
  // No program that could be installed is missing, so this may be skipped in CI too.
  if (disk.kind !== 'full') return t.skip('this user may not mount a small disk');
  const quarantine = await openQuarantineFolder(join(folder.path, 'quarantine'), systemClock);
  const large = randomBytes(100_000);
  await assert.rejects(quarantine.put(recordOf(large), once(large)), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'QUARANTINE_FAILED');
    assert.match(explain(error), /ENOSPC/);
    return true;
  });
  assert.deepEqual(await readdir(join(folder.path, 'quarantine')), []);
  const small = randomBytes(1000);
  assert.equal((await quarantine.put(recordOf(small), once(small))).isNew, true);
});
