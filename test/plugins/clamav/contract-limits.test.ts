// The limits of a real clamd: what it says where they are met, and that none of it is ever clean.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { MessageView, Verdict } from '#plugin-api';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import {
  clamdMissing,
  eicarSignature,
  type RunningClamd,
  startClamd,
} from '../../helpers/clamd.ts';
import { needs } from '../../helpers/requirement.ts';
import { messageOf } from './message.ts';
import { startPlugin } from './running-plugin.ts';

const eicar = Buffer.from(assembleEicar(), 'latin1');
const letter = Buffer.from('From: a@example.org\r\n\r\nhello\r\n');
const megabytes = (count: number): Buffer[] =>
  Array.from({ length: count * 16 }, () => Buffer.alloc(65_536, 'a'));

async function clamdWith(t: TestContext, config: Readonly<Record<string, string>>) {
  const clamd = await startClamd({ config });
  t.after(() => clamd.stop());
  return clamd;
}

const known = ({ socketPath, configFile }: RunningClamd) => ({
  socket: socketPath,
  clamd_conf: configFile,
});

async function inspect(
  options: Readonly<Record<string, unknown>>,
  content: readonly Buffer[],
): Promise<Verdict> {
  await using plugin = await startPlugin(options);
  return await plugin.inspect(messageOf(content));
}

function assertNotScanned(verdict: Verdict, why: RegExp): void {
  assert.ok(verdict.kind === 'block', verdict.kind);
  assert.equal(verdict.finding, 'not-scanned');
  assert.match(verdict.evidence ?? '', why);
}

test('StreamMaxLength 1M: exactly that is scanned, and more is not, known or not', async (t) => {
  if (!needs(t, clamdMissing())) return;
  const clamd = await clamdWith(t, { StreamMaxLength: '1M' });
  const overTcp = { socket: { host: clamd.host, port: clamd.port } };
  assert.deepEqual(await inspect(known(clamd), megabytes(1)), { kind: 'pass' });
  assertNotScanned(await inspect(known(clamd), [...megabytes(1), letter]), /too large/);
  // Without knowing the limit, clamd's own words count, if they are not lost on the way.
  for (const options of [overTcp, { socket: clamd.socketPath }]) {
    const verdict = await inspect(options, megabytes(4));
    if (verdict.kind === 'block') assertNotScanned(verdict, /too large/);
    else assert.equal(verdict.kind, 'tempfail');
  }
});

test('MaxFileSize 1M without AlertExceedsMax: clamd calls more than that clean, and nobody believes it', async (t) => {
  if (!needs(t, clamdMissing())) return;
  const clamd = await clamdWith(t, { MaxFileSize: '1M' });
  const over = [...megabytes(1), eicar];
  // This is why: clamd's OK, taken at its word by those who do not know the limit.
  assert.deepEqual(await inspect({ socket: clamd.socketPath }, over), { kind: 'pass' });
  assertNotScanned(await inspect(known(clamd), over), /too large/);
  assert.equal((await inspect(known(clamd), [letter, eicar])).kind, 'block');
  assert.deepEqual(await inspect(known(clamd), [letter]), { kind: 'pass' });
});

test('MaxFileSize 1M with AlertExceedsMax: clamd says so, also of what is packed', async (t) => {
  if (!needs(t, clamdMissing())) return;
  const clamd = await clamdWith(t, { MaxFileSize: '1M', AlertExceedsMax: 'yes' });
  const gaveUp = /gave up \(Heuristics\.Limits\.Exceeded\.MaxFileSize\)/;
  assertNotScanned(await inspect({ socket: clamd.socketPath }, [...megabytes(1), eicar]), gaveUp);
  assertNotScanned(await inspect(known(clamd), [...megabytes(1), eicar]), /too large/);
  const packed = gzipSync(Buffer.concat([...megabytes(2), eicar]));
  assert.ok(packed.length < 100_000);
  assertNotScanned(await inspect(known(clamd), [packed]), gaveUp);
});

for (const [alerts, why] of [
  ['no', /may have given up/],
  ['yes', /gave up \(Heuristics\.Limits\.Exceeded\.MaxScanTime\)/],
] as const) {
  test(`MaxScanTime of 1 ms, AlertExceedsMax ${alerts}: what took longer is not scanned`, async (t) => {
    if (!needs(t, clamdMissing())) return;
    const clamd = await clamdWith(t, { MaxScanTime: '1', AlertExceedsMax: alerts });
    assertNotScanned(await inspect(known(clamd), megabytes(8)), why);
  });
}

test('MaxThreads 2: thirty messages at once are all scanned', async (t) => {
  if (!needs(t, clamdMissing())) return;
  const clamd = await clamdWith(t, { MaxThreads: '2', MaxQueue: '4' });
  await using plugin = await startPlugin(known(clamd));
  const messages = Array.from({ length: 30 }, (_, index) =>
    messageOf([...megabytes(1), index % 2 === 0 ? eicar : letter]),
  );
  const verdicts = await Promise.all(messages.map((message) => plugin.inspect(message)));
  for (const [index, verdict] of verdicts.entries()) {
    if (index % 2 === 1) assert.deepEqual(verdict, { kind: 'pass' });
    else assert.ok(verdict.kind === 'block' && verdict.finding === eicarSignature);
  }
});

test('ReadTimeout of 1 s: a message that pauses for longer is scanned once it is there', async (t) => {
  if (!needs(t, clamdMissing())) return;
  const clamd = await clamdWith(t, { ReadTimeout: '1' });
  await using plugin = await startPlugin(known(clamd));
  const arrived = Promise.withResolvers<void>();
  const content = {
    async *[Symbol.asyncIterator]() {
      yield letter;
      await arrived.promise;
      yield eicar;
    },
  };
  const slow: MessageView = {
    ...messageOf(content),
    // Asked for when clamd has given up.
    async size() {
      arrived.resolve();
      return letter.length + eicar.length;
    },
  };
  const verdict = await plugin.inspect(slow);
  assert.ok(verdict.kind === 'block');
  assert.equal(verdict.finding, eicarSignature);
});

test('an encrypted archive is found as such where clamd looks for them', async (t) => {
  if (!needs(t, clamdMissing())) return;
  const clamd = await clamdWith(t, { AlertEncryptedArchive: 'yes' });
  const verdict = await inspect(known(clamd), [encryptedZip()]);
  assert.ok(verdict.kind === 'block');
  assert.equal(verdict.finding, 'Heuristics.Encrypted.Zip');
  assert.match(verdict.explanation ?? '', /cannot look into an encrypted file/);
});

/** One stored member whose header says that it is encrypted. */
function encryptedZip(): Buffer {
  const name = Buffer.from('a.txt');
  const data = Buffer.alloc(64, 0xa5);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  // APPNOTE 4.4.4, bit 0: encrypted.
  common.writeUInt16LE(1, 2);
  common.writeUInt32LE(0x1234_5678, 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length - 12, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, data]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    common,
    Buffer.alloc(14),
    name,
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
