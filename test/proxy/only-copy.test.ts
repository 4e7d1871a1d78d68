// Between a client's DELE and the mail server stands what has become of the original meanwhile.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { CommandContext } from '../../src/plugin-api/context.ts';
import type { PluginInstance } from '../../src/plugin-api/define-plugin.ts';
import { block } from '../../src/plugin-api/verdict.ts';
import { type MemoryQuarantine, memoryQuarantine } from '../helpers/memory-quarantine.ts';
import { loaded } from '../helpers/pipeline.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy, type TestSettings } from '../helpers/proxy.ts';
import { account, serveMaildrop } from '../helpers/scripted-maildrop.ts';
import { startScriptedUpstream } from '../helpers/scripted-upstream.ts';

const content = 'Subject: x\r\n\r\none\r\n';
const blocking = loaded({ inspect: async () => block('bad') });

interface Scene {
  session(): Promise<Pop3Client>;
  readonly upstreamHost: string;
  /** The lines that the mail server got in its last session. */
  asked(): string;
}

async function withProxy(
  settings: TestSettings,
  use: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using upstream = await startScriptedUpstream(() => serveMaildrop([{ uidl: 'a', content }]));
  await using proxy = await startProxy({ ...settings, upstream: { port: upstream.port } });
  const clients: Pop3Client[] = [];
  try {
    await use({
      upstreamHost: `127.0.0.1:${upstream.port}`,
      asked: () => upstream.connections.at(-1)?.received ?? '',
      async session() {
        const client = await Pop3Client.connect({ port: proxy.port });
        clients.push(client);
        await client.login(account.user, account.password);
        return client;
      },
    });
  } finally {
    for (const client of clients) client.destroy();
  }
}

/** Puts a message there as one that was held before and is released by now. */
async function release(
  quarantine: MemoryQuarantine,
  upstreamHost: string,
  original: Buffer,
): Promise<void> {
  const record = {
    action: 'replace',
    user: account.user,
    upstreamHost,
    uidl: 'before',
    sha256: createHash('sha256').update(original).digest('hex'),
    octets: original.length,
    findings: [],
    from: undefined,
    subject: undefined,
    date: undefined,
    messageId: undefined,
    sessionId: 's',
    clientAddress: '127.0.0.1',
  } as const;
  const { id } = await quarantine.put(
    record,
    (async function* () {
      yield original;
    })(),
  );
  await quarantine.mark(id, 'released');
}

test('an original that is lost between DELE and QUIT keeps its copy upstream', async () => {
  const quarantine = memoryQuarantine();
  await withProxy({ plugins: [blocking], quarantine }, async ({ session, asked }) => {
    const client = await session();
    await client.multiline('RETR 1');
    assert.match(await client.command('DELE 1'), /^\+OK/);
    quarantine.lose('id-1');
    assert.equal(await client.command('QUIT'), '-ERR not removed by the mail server: 1');
    await client.closed;
    assert.doesNotMatch(asked(), /DELE/);
  });
});

test('an original that is there but cannot be read as it was stored is not safe', async () => {
  const whole = memoryQuarantine();
  const quarantine = {
    ...whole,
    async *read(): AsyncGenerator<Buffer> {
      yield Buffer.from('Subj');
      throw new Error('damaged');
    },
  };
  await withProxy({ plugins: [blocking], quarantine }, async ({ session }) => {
    const client = await session();
    await client.multiline('RETR 1');
    assert.match(await client.command('DELE 1'), /^-ERR the original is no longer/);
    assert.match(await client.command('QUIT'), /^\+OK/);
  });
});

for (const how of ['refuses', 'fails at'] as const) {
  test(`what a client was not given because a plugin ${how} its RETR is not deleted`, async () => {
    const instance: PluginInstance = {
      async command({ name, refusal }: CommandContext, next) {
        if (name === 'RETR') throw how === 'refuses' ? refusal('not today') : new Error('private');
        await next();
      },
    };
    await withProxy({ plugins: [loaded(instance)] }, async ({ session }) => {
      const client = await session();
      assert.match((await client.multiline('RETR 1')).status, /^-ERR/);
      assert.match(await client.command('DELE 1'), /^-ERR \[SYS\/TEMP\] this message could not/);
    });
  });
}

test('an original comes back octet for octet although its header was too large to be read', async () => {
  const quarantine = memoryQuarantine();
  const original = Buffer.from(`${'X-Much: of it\r\n'.repeat(80_000)}\r\nbody\r\n`);
  await withProxy({ plugins: [blocking], quarantine }, async ({ session, upstreamHost }) => {
    await release(quarantine, upstreamHost, original);
    const client = await session();
    const { status, body } = await client.multiline('RETR 2');
    assert.equal(status, `+OK ${original.length} octets`);
    assert.ok(body.equals(original));
    assert.match((await client.multiline('TOP 2 0')).status, /^-ERR/);
    assert.match(await client.command('DELE 2'), /^\+OK/);
  });
});

test('a digest that cannot be written keeps nobody out', async () => {
  const quarantine = memoryQuarantine();
  const settings = { plugins: [blocking], quarantine, digest: { enabled: true } };
  await withProxy(settings, async ({ session }) => {
    const first = await session();
    await first.multiline('RETR 1');
    quarantine.list = async ({ states }) => {
      if (states?.includes('held')) throw new Error('no room');
      return [];
    };
    const second = await session();
    assert.match(await second.command('STAT'), /^\+OK 1 /);
  });
});
