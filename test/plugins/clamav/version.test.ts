import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVersion, versionKey } from '../../../plugins/clamav/version.ts';

const date = 'Mon Nov  2 09:12:33 2026';
const databaseTimeMs = new Date(2026, 10, 2, 9, 12, 33).getTime();

test('VERSION replies are taken apart', () => {
  assert.deepEqual(parseVersion(`ClamAV 1.4.6/27500/${date}\n`), {
    engine: '1.4.6',
    signatures: '27500',
    databaseTimeMs,
  });
  assert.deepEqual(parseVersion(`ClamAV 1.5.0-rc/27500/Sat Dec 12 23:59:59 2026\0`), {
    engine: '1.5.0-rc',
    signatures: '27500',
    databaseTimeMs: new Date(2026, 11, 12, 23, 59, 59).getTime(),
  });
  assert.deepEqual(parseVersion('ClamAV 1.4.6'), {
    engine: '1.4.6',
    signatures: undefined,
    databaseTimeMs: undefined,
  });
});

test('a date that cannot be read leaves the version readable', () => {
  for (const odd of ['', 'today', 'Mon Foo  2 09:12:33 2026', '2026-11-02 09:12:33']) {
    assert.deepEqual(parseVersion(`ClamAV 1.4.6/27500/${odd}\n`), {
      engine: '1.4.6',
      signatures: '27500',
      databaseTimeMs: undefined,
    });
  }
});

test('what is no VERSION reply is not taken for one', () => {
  for (const other of [
    '',
    'PONG\n',
    'ClamAV',
    'ClamAV 1.4.6/x/y',
    'ClamAV 1/2/3\nmore',
    'UNKNOWN COMMAND\n',
  ]) {
    assert.equal(parseVersion(other), undefined, other);
  }
});

test('verdicts depend on engine and signatures, and on no version without signatures', () => {
  const known = { engine: '1.4.6', signatures: '27500', databaseTimeMs };
  assert.equal(versionKey(known), '1.4.6/27500');
  assert.equal(versionKey({ ...known, databaseTimeMs: undefined }), '1.4.6/27500');
  assert.equal(versionKey({ ...known, signatures: undefined }), undefined);
});
