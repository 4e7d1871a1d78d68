// A plugin that exchanges the whole message, with a client on one side and a scripted server on the other.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { PluginInstance } from '../../src/plugin-api/define-plugin.ts';
import type { Observation } from '../../src/plugin-api/observation.ts';
import type { TransformContext } from '../../src/plugin-api/transform.ts';
import { loaded, type PluginSettings } from '../helpers/pipeline.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy } from '../helpers/proxy.ts';
import { account, serveMaildrop } from '../helpers/scripted-maildrop.ts';
import { startScriptedUpstream } from '../helpers/scripted-upstream.ts';

const content = 'Subject: x\r\n\r\none\r\n';
const longer = 'Subject: longer\r\nX-Postern-Finding: none\r\n\r\none\r\n.two\r\nthree\r\n';
const delivered = longer.replace('X-Postern-Finding: none\r\n', '');

async function withProxy(
  instance: PluginInstance,
  use: (client: Pop3Client) => Promise<void>,
  settings: PluginSettings = {},
): Promise<void> {
  await using upstream = await startScriptedUpstream(() => serveMaildrop([{ uidl: 'a', content }]));
  await using proxy = await startProxy({
    plugins: [loaded(instance, settings)],
    upstream: { port: upstream.port },
    spool: { maxBytes: 1000 },
  });
  const client = await Pop3Client.connect({ port: proxy.port });
  try {
    await client.login(account.user, account.password);
    await use(client);
  } finally {
    client.destroy();
  }
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer, void, void> {
  for (const text of texts) yield Buffer.from(text);
}

const replacing = (...texts: readonly string[]): PluginInstance => ({
  async transform({ whole }: TransformContext, next) {
    await whole.replace(pieces(...texts));
    await next();
  },
});

test('the client is told the size of the new message and gets it, and TOP is cut from it', async () => {
  await withProxy(replacing(longer), async (client) => {
    const { status, body: message } = await client.multiline('RETR 1');
    assert.equal(status, `+OK ${delivered.length} octets`);
    assert.equal(message.toString(), delivered);
    const top = await client.multiline('TOP 1 1');
    assert.equal(top.body.toString(), 'Subject: longer\r\n\r\none\r\n');
  });
});

test('observations tell digest and size of the message that arrived, and the size that was sent', async () => {
  const seen: Observation[] = [];
  const observe = async (observation: Observation): Promise<void> => void seen.push(observation);
  await withProxy({ ...replacing(longer), observe }, async (client) => {
    await client.multiline('RETR 1');
    await client.command('QUIT');
    await client.closed;
  });
  const facts = seen.flatMap((event) => {
    if (event.kind === 'messageJudged') return [event.octets, event.sha256];
    return event.kind === 'messageDelivered' ? [event.octets] : [];
  });
  const sha256 = createHash('sha256').update(content).digest('hex');
  assert.deepEqual(facts, [content.length, sha256, delivered.length]);
});

test('a new message above the limit is refused before +OK, or passed over as configured', async () => {
  const large = replacing('Subject: x\r\n\r\n', 'x'.repeat(600), 'x'.repeat(600));
  await withProxy(large, async (client) => {
    assert.match(await client.command('RETR 1'), /^-ERR \[SYS\/TEMP\] a filter failed/);
  });
  await withProxy(
    large,
    async (client) => {
      assert.equal((await client.multiline('RETR 1')).body.toString(), content);
    },
    { onError: 'pass' },
  );
});
