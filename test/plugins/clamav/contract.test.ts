// What the plugin and the private functions of npm clamscan rely on, against a real clamd.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Verdict } from '#plugin-api';
import clamav from '../../../plugins/clamav/index.ts';
import { optionsSchema } from '../../../plugins/clamav/options.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import {
  clamdMissing,
  eicarSignature,
  type RunningClamd,
  startClamd,
} from '../../helpers/clamd.ts';
import { needs } from '../../helpers/requirement.ts';
import { messageOf } from './message.ts';

let clamd: RunningClamd | undefined;

before(async () => {
  if (clamdMissing() === undefined) clamd = await startClamd({ config: { StreamMaxLength: '8M' } });
});

after(async () => {
  await clamd?.stop();
});

const transports = {
  unix: (running: RunningClamd) => running.socketPath,
  tcp: (running: RunningClamd) => ({ host: running.host, port: running.port }),
};

async function start(socket: unknown, options: Readonly<Record<string, unknown>> = {}) {
  const instance = await clamav.setup(optionsSchema.parse({ socket, ...options }), {
    log: silentLogger,
    resolvePath: (path) => path,
  });
  return {
    async inspect(content: Iterable<Buffer>): Promise<Verdict> {
      assert.ok(instance.inspect);
      return await instance.inspect(messageOf(content));
    },
    cacheKey: () => instance.cacheKey?.(),
    [Symbol.asyncDispose]: async () => instance.dispose?.(),
  };
}

const infected = {
  kind: 'block',
  finding: eicarSignature,
  explanation: `The virus scanner ClamAV found ${eicarSignature}.`,
};
const letter = Buffer.from('From: a@example.org\r\nSubject: x\r\n\r\nhello\r\n');
const eicar = Buffer.from(assembleEicar(), 'latin1');

for (const [name, addressOf] of Object.entries(transports)) {
  test(`a real clamd over ${name} tells clean from infected`, async (t) => {
    if (!needs(t, clamdMissing())) return;
    assert.ok(clamd);
    await using plugin = await start(addressOf(clamd));
    assert.deepEqual(await plugin.inspect([letter]), { kind: 'pass' });
    assert.deepEqual(await plugin.inspect([letter, eicar]), infected);
    const base64 = Buffer.from(
      `Content-Transfer-Encoding: base64\r\n\r\n${eicar.toString('base64')}\r\n`,
    );
    assert.deepEqual(await plugin.inspect([letter.subarray(0, -9), base64]), infected);
  });

  test(`a real clamd over ${name} calls an empty message clean`, async (t) => {
    if (!needs(t, clamdMissing())) return;
    assert.ok(clamd);
    await using plugin = await start(addressOf(clamd));
    assert.deepEqual(await plugin.inspect([]), { kind: 'pass' });
  });

  test(`the end of a large message is scanned over ${name}, every time`, async (t) => {
    if (!needs(t, clamdMissing())) return;
    assert.ok(clamd);
    await using plugin = await start(addressOf(clamd));
    const body = Array.from({ length: 80 }, () => Buffer.alloc(65_536, 'a'));
    for (let round = 0; round < 5; round++) {
      assert.deepEqual(await plugin.inspect([...body, eicar]), infected);
    }
  });

  test(`a message over StreamMaxLength is never clean over ${name}`, async (t) => {
    if (!needs(t, clamdMissing())) return;
    assert.ok(clamd);
    const body = Array.from({ length: 200 }, () => Buffer.alloc(65_536, 'a'));
    await using plugin = await start(addressOf(clamd));
    assert.equal((await plugin.inspect(body)).kind, 'tempfail');
    await using flagging = await start(addressOf(clamd), { max_stream: '8MB', oversize: 'flag' });
    assert.equal((await flagging.inspect(body)).kind, 'flag');
    // Exactly StreamMaxLength: nobody's limit is exceeded.
    assert.deepEqual(await flagging.inspect(body.slice(0, 128)), { kind: 'pass' });
  });
}

test('a private database has no version, so verdicts of this clamd are not reused', async (t) => {
  if (!needs(t, clamdMissing())) return;
  assert.ok(clamd);
  await using plugin = await start(clamd.socketPath);
  assert.equal(plugin.cacheKey(), undefined);
});

test('scans go on after clamd has loaded its database again', async (t) => {
  if (!needs(t, clamdMissing())) return;
  assert.ok(clamd);
  await using plugin = await start(clamd.socketPath);
  await clamd.reload();
  assert.deepEqual(await plugin.inspect([letter, eicar]), infected);
});

test('a clamd killed in the middle of a scan defers the message', async (t) => {
  if (!needs(t, clamdMissing())) return;
  await using victim = await startClamd();
  await using plugin = await start(victim.socketPath);
  function* content() {
    yield letter;
    victim.kill();
    for (let count = 0; count < 100; count++) yield Buffer.alloc(65_536, 'a');
  }
  assert.equal((await plugin.inspect(content())).kind, 'tempfail');
});
