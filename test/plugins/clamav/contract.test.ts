// What the plugin and the private functions of npm clamscan rely on, against a real clamd.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

let clamd: RunningClamd | undefined;

before(async () => {
  if (clamdMissing() === undefined) clamd = await startClamd();
});

after(async () => {
  await clamd?.stop();
});

const transports = {
  unix: (running: RunningClamd) => running.socketPath,
  tcp: (running: RunningClamd) => ({ host: running.host, port: running.port }),
};

const infected = {
  kind: 'block',
  finding: eicarSignature,
  explanation: `The virus scanner ClamAV found ${eicarSignature}.`,
};
const letter = Buffer.from('From: a@example.org\r\nSubject: x\r\n\r\nhello\r\n');
const eicar = Buffer.from(assembleEicar(), 'latin1');
const piecesPerMega = 16;
const megabytes = (count: number): Buffer[] =>
  Array.from({ length: count * piecesPerMega }, () => Buffer.alloc(65_536, 'a'));

for (const [name, addressOf] of Object.entries(transports)) {
  test(`a real clamd over ${name} tells clean from infected`, async (t) => {
    if (!needs(t, clamdMissing())) return;
    assert.ok(clamd);
    await using plugin = await startPlugin({ socket: addressOf(clamd) });
    assert.deepEqual(await plugin.inspect(messageOf([letter])), { kind: 'pass' });
    assert.deepEqual(await plugin.inspect(messageOf([letter, eicar])), infected);
    const base64 = Buffer.from(
      `Content-Transfer-Encoding: base64\r\n\r\n${eicar.toString('base64')}\r\n`,
    );
    const mail = messageOf([letter.subarray(0, -9), base64]);
    assert.deepEqual(await plugin.inspect(mail), infected);
  });

  test(`a real clamd over ${name} calls an empty message clean`, async (t) => {
    if (!needs(t, clamdMissing())) return;
    assert.ok(clamd);
    await using plugin = await startPlugin({ socket: addressOf(clamd) });
    assert.deepEqual(await plugin.inspect(messageOf([])), { kind: 'pass' });
  });

  for (const [size, rounds] of [
    [1, 5],
    [20, 2],
  ] as const) {
    test(`the end of a message of ${size} MB is scanned over ${name}, every time`, async (t) => {
      if (!needs(t, clamdMissing())) return;
      assert.ok(clamd);
      await using plugin = await startPlugin({ socket: addressOf(clamd) });
      const content = [...megabytes(size), eicar];
      for (let round = 0; round < rounds; round++) {
        assert.deepEqual(await plugin.inspect(messageOf(content)), infected);
      }
    });
  }
}

test('what only other programs can decode is found in their reading of it', async (t) => {
  if (!needs(t, clamdMissing())) return;
  assert.ok(clamd);
  await using plugin = await startPlugin({ socket: clamd.socketPath });
  // A leading "=" ends the content for clamd's decoder, and for other programs it does not.
  const hidden = Buffer.from(
    `Content-Transfer-Encoding: base64\r\n\r\n=${eicar.toString('base64')}\r\n`,
  );
  const content = [letter.subarray(0, -9), hidden];
  assert.deepEqual(await plugin.inspect(messageOf(content)), { kind: 'pass' });
  const otherReadings = [
    { path: '1', contentType: 'text/plain', content: [letter] },
    { path: '2', contentType: 'application/zip', fileNames: ['a.zip'], content: [eicar] },
  ];
  assert.deepEqual(await plugin.inspect(messageOf(content, { otherReadings })), {
    ...infected,
    part: 'a.zip',
    evidence: 'part 2 (application/zip), as some programs read it',
  });
});

test('a private database has no version, so verdicts of this clamd are not reused', async (t) => {
  if (!needs(t, clamdMissing())) return;
  assert.ok(clamd);
  await using plugin = await startPlugin({ socket: clamd.socketPath });
  assert.equal(plugin.cacheKey?.(), undefined);
});

test('scans during and after a reload of the database are as right as before', async (t) => {
  if (!needs(t, clamdMissing())) return;
  assert.ok(clamd);
  await using plugin = await startPlugin({ socket: clamd.socketPath });
  const reload = { state: 'running' };
  const reloading = clamd.reload().finally(() => {
    reload.state = 'over';
  });
  let rounds = 0;
  do {
    const verdicts = await Promise.all([
      plugin.inspect(messageOf([...megabytes(1), eicar])),
      plugin.inspect(messageOf([letter])),
    ]);
    assert.deepEqual(verdicts, [infected, { kind: 'pass' }]);
    rounds += 1;
  } while (reload.state === 'running');
  await reloading;
  t.diagnostic(`${rounds} rounds during the reload`);
  assert.deepEqual(await plugin.inspect(messageOf([letter, eicar])), infected);
});
