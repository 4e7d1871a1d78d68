// Plugins around sessions and commands, with a client on one side and a scripted mail server on the other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandContext, SessionContext } from '../../src/plugin-api/context.ts';
import type { PluginInstance } from '../../src/plugin-api/define-plugin.ts';
import { loaded, type PluginSettings } from '../helpers/pipeline.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy } from '../helpers/proxy.ts';
import { account, serveMaildrop } from '../helpers/scripted-maildrop.ts';
import { startScriptedUpstream } from '../helpers/scripted-upstream.ts';

const content = 'Subject: x\r\n\r\none\r\n';

async function withProxy(
  instance: PluginInstance,
  use: (client: Pop3Client) => Promise<void>,
  settings: PluginSettings = {},
): Promise<void> {
  await using upstream = await startScriptedUpstream(() => serveMaildrop([{ uidl: 'a', content }]));
  await using proxy = await startProxy({
    plugins: [loaded(instance, settings)],
    upstream: { port: upstream.port },
  });
  const client = await Pop3Client.connect({ port: proxy.port });
  try {
    await use(client);
  } finally {
    client.destroy();
  }
}

test('a plugin sees each command by name and number, and what came of it, but no argument', async () => {
  const seen: string[] = [];
  const command = async (context: CommandContext, next: () => Promise<void>): Promise<void> => {
    await next();
    const { name = 'none', number = '-', user = '-', outcome } = context;
    seen.push([name, number, user, outcome?.status].join(' '));
  };
  await withProxy({ command }, async (client) => {
    await client.login(account.user, account.password);
    await client.multiline('RETR 1');
    await client.command('RETR 9');
    await client.command('XYZZY now');
    await client.command('DELE 1');
    await client.command('QUIT');
    await client.closed;
  });
  assert.deepEqual(seen, [
    'USER - - ok',
    'PASS - kim ok',
    'RETR 1 kim ok',
    'RETR 9 kim err',
    'none - kim err',
    'DELE 1 kim ok',
    'QUIT - kim ok',
  ]);
  assert.ok(!seen.join().includes(account.password));
});

test('lines of a SASL exchange are no commands', async () => {
  const names: (string | undefined)[] = [];
  const command = async ({ name }: CommandContext, next: () => Promise<void>): Promise<void> => {
    names.push(name);
    await next();
  };
  await withProxy({ command }, async (client) => {
    assert.match(await client.command('AUTH PLAIN'), /^\+ /);
    const response = Buffer.from(`\0${account.user}\0${account.password}`).toString('base64');
    assert.match(await client.command(response), /^\+OK/);
  });
  assert.deepEqual(names, ['AUTH']);
});

test('a command that a plugin refuses is not carried out, and the session goes on', async () => {
  const command = async (
    { name, refusal }: CommandContext,
    next: () => Promise<void>,
  ): Promise<void> => {
    if (name === 'DELE') throw refusal('deleting is not allowed here');
    await next();
  };
  await withProxy({ command }, async (client) => {
    await client.login(account.user, account.password);
    assert.equal(await client.command('DELE 1'), '-ERR [SYS/PERM] deleting is not allowed here');
    assert.match(await client.command('STAT'), /^\+OK 1 /);
  });
});

test('a plugin that fails refuses the command, or is passed over where that is configured', async () => {
  const command = async (): Promise<void> => {
    throw new Error('private');
  };
  await withProxy({ command }, async (client) => {
    assert.match(await client.command('CAPA'), /^-ERR \[SYS\/TEMP\] a filter failed/);
    assert.match(await client.command('NOOP'), /^-ERR \[SYS\/TEMP\]/);
  });
  await withProxy(
    { command },
    async (client) => {
      assert.match((await client.multiline('CAPA')).status, /^\+OK/);
    },
    { onError: 'pass' },
  );
});

test('a plugin that fails behind a command leaves its answer as it is', async () => {
  const command = async (_context: CommandContext, next: () => Promise<void>): Promise<void> => {
    await next();
    throw new Error('too late');
  };
  await withProxy({ command }, async (client) => {
    await client.login(account.user, account.password);
    assert.match((await client.multiline('RETR 1')).status, /^\+OK/);
    assert.match(await client.command('NOOP'), /^\+OK/);
  });
});

test('a plugin around the session sees it whole, and may refuse it before it begins', async () => {
  const steps: string[] = [];
  const session = async (context: SessionContext, next: () => Promise<void>): Promise<void> => {
    steps.push(`opened by ${context.user ?? 'nobody yet'}`);
    await next();
    steps.push(`over for ${context.user ?? 'nobody'}`);
  };
  await withProxy({ session }, async (client) => {
    await client.login(account.user, account.password);
    await client.command('QUIT');
    await client.closed;
  });
  assert.deepEqual(steps, ['opened by nobody yet', 'over for kim']);

  await using proxy = await startProxy({
    plugins: [
      loaded({
        async session({ refusal }) {
          throw refusal('closed for today');
        },
      }),
    ],
  });
  const refused = await Pop3Client.connect({ port: proxy.port });
  assert.equal(refused.greeting, '-ERR [SYS/PERM] closed for today');
  await refused.closed;
});
