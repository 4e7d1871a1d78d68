import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { Authority, createAuthority } from '../../../src/tls/authority/authority.ts';
import type { IssuedRecord } from '../../../src/tls/authority/authority-folder.ts';
import { Minter } from '../../../src/tls/authority/minter.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { recordingLogger } from '../../helpers/recording-logger.ts';

const hourMs = 3_600_000;

interface Changes {
  readonly permitted?: readonly string[] | undefined;
  readonly record?: (issued: IssuedRecord) => Promise<void>;
}

async function minterOf(changes: Changes = {}) {
  const clock = new FakeClock();
  const permitted = 'permitted' in changes ? changes.permitted : ['example.net'];
  const pem = await createAuthority(
    { name: 'Test', permitted, days: 30, passphrase: undefined },
    clock.nowMs(),
  );
  const records: IssuedRecord[] = [];
  const revoked = new Set<string>();
  const log = recordingLogger();
  const minter = new Minter({
    authority: await Authority.open(pem, undefined),
    clock,
    log,
    lifeMs: 9 * hourMs,
    crlUrl: undefined,
    record: changes.record ?? (async (issued) => void records.push(issued)),
    isRevoked: (serial) => revoked.has(serial),
  });
  return { minter, clock, records, revoked, log };
}

test('a name has one certificate, which is on record, however many ask for it', async () => {
  const { minter, records } = await minterOf();
  const [one, other] = await Promise.all([
    minter.find('pop.example.net', 'permitted'),
    minter.find('pop.example.net', 'permitted'),
  ]);
  assert.ok(one);
  assert.equal(one, other);
  assert.equal(minter.find('pop.example.net', 'permitted'), one);
  assert.deepEqual(one.names, ['pop.example.net']);
  const [{ serial, name } = { serial: '', name: '' }, ...others] = records;
  assert.deepEqual([name, others], ['pop.example.net', []]);
  const shown = new X509Certificate(one.pem.certPem).serialNumber;
  assert.equal(shown.toLowerCase(), serial);
});

test('only names of the policy and of the constraints have certificates', async () => {
  const { minter, records } = await minterOf();
  const policy = ['*.example.net', 'pop.example.org'];
  assert.ok(await minter.find('pop.example.net', policy));
  for (const name of ['a.pop.example.net', 'example.net', 'pop.example.org', 'evil.example']) {
    assert.equal(minter.find(name, policy), undefined, name);
  }
  assert.equal(minter.find('evil.example', 'permitted'), undefined);
  assert.equal(records.length, 1);
});

test('an authority for any name makes certificates for listed names only', async () => {
  const { minter } = await minterOf({ permitted: undefined });
  assert.equal(minter.find('pop.example.org', 'permitted'), undefined);
  assert.ok(await minter.find('pop.example.org', ['pop.example.org']));
});

test('a certificate is renewed when a third of its life is left, without anybody waiting', async () => {
  const { minter, clock, records } = await minterOf();
  const first = await minter.find('pop.example.net', 'permitted');
  await clock.advance(6 * hourMs - 1);
  assert.equal(minter.find('pop.example.net', 'permitted'), first);
  assert.equal(records.length, 1);
  await clock.advance(1);
  assert.equal(minter.find('pop.example.net', 'permitted'), first);
  while (records.length < 2) await clock.advance(0);
  await clock.advance(0);
  assert.notEqual(minter.find('pop.example.net', 'permitted'), first);
});

test('a certificate that has expired meanwhile is not shown any more', async () => {
  const { minter, clock } = await minterOf();
  const first = await minter.find('pop.example.net', 'permitted');
  await clock.advance(10 * hourMs);
  const second = minter.find('pop.example.net', 'permitted');
  assert.ok(second instanceof Promise);
  assert.notEqual(await second, first);
});

test('a certificate from a time when the clock was ahead is replaced once it is right', async () => {
  const { minter, clock } = await minterOf();
  const rightMs = clock.nowMs();
  clock.nowMs = () => rightMs + 30 * 24 * hourMs - hourMs;
  const first = await minter.find('pop.example.net', 'permitted');
  clock.nowMs = () => rightMs;
  const second = await minter.find('pop.example.net', 'permitted');
  assert.ok(first && second);
  assert.notEqual(second, first);
  assert.equal(minter.find('pop.example.net', 'permitted'), second);
});

test('what was revoked is replaced', async () => {
  const { minter, records, revoked } = await minterOf();
  const first = await minter.find('pop.example.net', 'permitted');
  revoked.add(records[0]?.serial ?? '');
  const second = await minter.find('pop.example.net', 'permitted');
  assert.ok(second);
  assert.notEqual(second, first);
});

test('sixty new names a minute, and known ones always', async () => {
  const { minter, clock, log } = await minterOf();
  for (let index = 0; index < 60; index += 1) {
    assert.ok(await minter.find(`n${index}.example.net`, 'permitted'));
  }
  assert.equal(minter.find('one-more.example.net', 'permitted'), undefined);
  assert.equal(minter.find('another.example.net', 'permitted'), undefined);
  assert.ok(minter.find('n7.example.net', 'permitted'));
  assert.equal(log.lines.length, 1);
  await clock.advance(60_000);
  assert.ok(await minter.find('one-more.example.net', 'permitted'));
});

test('whoever asks for ever new names keeps no known one from being renewed', async () => {
  const { minter, clock, records } = await minterOf();
  const first = await minter.find('pop.example.net', 'permitted');
  await clock.advance(7 * hourMs);
  for (let index = 0; index < 61; index += 1) {
    await minter.find(`n${index}.example.net`, 'permitted');
  }
  assert.equal(minter.find('n99.example.net', 'permitted'), undefined);
  assert.equal(minter.find('pop.example.net', 'permitted'), first);
  while (records.length < 62) await clock.advance(0);
  await clock.advance(0);
  assert.notEqual(minter.find('pop.example.net', 'permitted'), first);
});

test('what cannot be put on record is not shown', async () => {
  const { minter, log } = await minterOf({
    record: () => Promise.reject(new Error('disk full')),
  });
  assert.equal(await minter.find('pop.example.net', 'permitted'), undefined);
  assert.match(String(log.lines[0]?.fields['reason']), /disk full/);
});
