import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Access } from '../../src/pipeline/access.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { sampleFacts } from '../../src/pipeline/testing.ts';
import type { LoginContext, TlsFacts } from '../../src/plugin-api/context.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { loaded, withCode } from '../helpers/pipeline.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

const { session, account } = sampleFacts(0);

function accessOf(...plugins: readonly LoadedPlugin[]): Access {
  return new Access(plugins, new FakeClock());
}

test('everyone is admitted where no plugin objects', async () => {
  assert.deepEqual(await accessOf().admit(session), { kind: 'admitted' });
  const plugin = loaded({ admit: (_context, next) => next() });
  assert.deepEqual(await accessOf(plugin).admit(session), { kind: 'admitted' });
});

test('a refusal is stronger than a denied login, and the first denial gives the text', async () => {
  const denying = (text: string): LoadedPlugin =>
    loaded({
      async admit(context, next) {
        context.denyLogin(text);
        await next();
      },
    });
  const refusing = loaded({
    async admit(context, next) {
      await next();
      context.refuse('go away');
    },
  });
  const denied = await accessOf(denying('first'), denying('second')).admit(session);
  assert.deepEqual(denied, { kind: 'loginDenied', text: 'first' });
  for (const plugins of [
    [denying('first'), refusing],
    [refusing, denying('first')],
  ]) {
    const result = await accessOf(...plugins).admit(session);
    assert.deepEqual(result, { kind: 'refused', text: 'go away' });
  }
});

test('a plugin that fails at the door admits nobody', async () => {
  const plugin = loaded({ admit: async () => {} });
  await assert.rejects(accessOf(plugin).admit(session), withCode('PLUGIN_FORGOT_NEXT'));
});

const loginFacts = { session, user: 'kim', upstream: account.upstream, requireUpstreamTls() {} };

test('a login runs inside the plugins, which see what came of it', async () => {
  const steps: string[] = [];
  const negotiated: { tls: TlsFacts | undefined } = { tls: undefined };
  const facts = {
    ...loginFacts,
    get upstream() {
      return { ...account.upstream, tls: negotiated.tls };
    },
    requireUpstreamTls: (version: string) => void steps.push(version),
  };
  const plugin = loaded({
    async login(context, next) {
      assert.deepEqual(Object.keys(context).toSorted(), [
        'refusal',
        'requireUpstreamTls',
        'session',
        'upstream',
        'user',
      ]);
      context.requireUpstreamTls('TLSv1.3');
      const { tls } = context.upstream;
      assert.equal(tls, undefined);
      await next();
      steps.push(context.upstream.tls?.protocol ?? 'none');
    },
  });
  await accessOf(plugin).logIn(facts, async () => {
    steps.push('connected');
    negotiated.tls = { protocol: 'TLSv1.3', cipher: 'x' };
  });
  assert.deepEqual(steps, ['TLSv1.3', 'connected', 'TLSv1.3']);
});

test('a plugin refuses a login for good, in its own words, before anything is connected', async () => {
  const login = async (context: LoginContext): Promise<void> => {
    throw context.refusal('not from here');
  };
  let isConnected = false;
  const access = accessOf(loaded({ login }, { onError: 'pass' }));
  const attempt = access.logIn(loginFacts, async () => {
    isConnected = true;
  });
  await assert.rejects(attempt, {
    code: 'PLUGIN_REFUSED',
    clientText: 'not from here',
    responseCode: 'SYS/PERM',
  });
  assert.equal(isConnected, false);
});

const sessionFacts = { session, user: undefined, signal: new AbortController().signal };

test('a session runs inside the plugins, in their order', async () => {
  const steps: string[] = [];
  const around = (name: string): LoadedPlugin =>
    loaded(
      {
        async session(_context, next) {
          steps.push(`${name} before`);
          await next();
          steps.push(`${name} after`);
        },
      },
      { name },
    );
  await accessOf(around('a'), around('b')).session(sessionFacts, async () => {
    steps.push('session');
  });
  assert.deepEqual(steps, ['a before', 'b before', 'session', 'b after', 'a after']);
});

test('a session that lasts longer than the deadline of a plugin costs the plugin nothing', async () => {
  const clock = new FakeClock();
  const plugin = loaded({ session: (_context, next) => next() }, { timeoutMs: 1000 });
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const running = new Access([plugin], clock).session(sessionFacts, () => over);
  await clock.advance(3_600_000);
  await settled();
  end();
  await running;
});

test('a command is told by name and number, and its outcome once it is there', async () => {
  let outcome: { status: 'ok' | 'err' } | undefined;
  const seen: unknown[] = [];
  const plugin = loaded({
    async command(context, next) {
      seen.push(context.name, context.number, context.outcome);
      await next();
      seen.push(context.outcome);
    },
  });
  const facts = {
    session,
    user: 'kim',
    name: 'RETR',
    number: 3,
    get outcome() {
      return outcome;
    },
  };
  const access = accessOf(plugin);
  assert.ok(access.hasCommandPoint);
  await access.command(facts, async () => {
    outcome = { status: 'ok' };
  });
  assert.deepEqual(seen, ['RETR', 3, undefined, { status: 'ok' }]);
  assert.equal(accessOf(loaded({})).hasCommandPoint, false);
});

test('a plugin refuses a command before it is carried out', async () => {
  const plugin = loaded({
    async command({ refusal }) {
      throw refusal('not today');
    },
  });
  let isDone = false;
  const facts = { session, user: 'kim', name: 'DELE', number: 1, outcome: undefined };
  const attempt = accessOf(plugin).command(facts, async () => {
    isDone = true;
  });
  await assert.rejects(attempt, { code: 'PLUGIN_REFUSED', clientText: 'not today' });
  assert.equal(isDone, false);
});

test('in shadow nobody is refused, denied or held to anything', async () => {
  const log = recordingLogger();
  const plugin = loaded(
    {
      async admit(context, next) {
        context.denyLogin('no');
        context.refuse('never');
        await next();
      },
      async session({ refusal }) {
        throw refusal('no session');
      },
      async command({ refusal }) {
        throw refusal('no command');
      },
      async login(context, next) {
        context.requireUpstreamTls('TLSv1.3');
        await next();
      },
    },
    { isShadow: true, log },
  );
  const access = accessOf(plugin);
  assert.deepEqual(await access.admit(session), { kind: 'admitted' });
  const done: string[] = [];
  await access.session(sessionFacts, async () => void done.push('session'));
  const command = { session, user: 'kim', name: 'DELE', number: 1, outcome: undefined };
  await access.command(command, async () => void done.push('command'));
  const requireUpstreamTls = (): void => assert.fail('demanded in shadow');
  await access.logIn({ ...loginFacts, requireUpstreamTls }, async () => void done.push('login'));
  assert.deepEqual(done, ['session', 'command', 'login']);
  assert.equal(log.lines.length, 5);
});
