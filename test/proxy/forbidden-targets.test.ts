import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import type { Resolve } from '../../src/routing/lookups/guarded-lookup.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy, type TestProxy } from '../helpers/proxy.ts';
import {
  expect,
  expectEnd,
  type Script,
  type ScriptedUpstream,
  send,
  startScriptedUpstream,
} from '../helpers/scripted-upstream.ts';

/** What the names of these tests lead to; the next answer each time they are asked for. */
const answers: Readonly<Record<string, readonly (readonly string[])[]>> = {
  localhost: [['::1', '127.0.0.1']],
  'inside.example': [['10.0.0.1']],
  'loop.example': [['127.0.0.1']],
  'loop6.example': [['::1']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'metadata.example': [['169.254.169.254', 'fd00:ec2::254']],
  'nat64.example': [['64:ff9b::7f00:1']],
  'everything.example': [['0.0.0.0', '::', '127.0.0.1', '::1', '192.168.1.1', 'fe80::1%lo']],
  'rebinding.example': [['127.0.0.1'], ['10.0.0.1'], ['::1']],
};

const asked = new Map<string, number>();
const resolve: Resolve = (name, _options, done) => {
  const times = asked.get(name) ?? 0;
  asked.set(name, times + 1);
  const all = answers[name] ?? [];
  const found = all[times % Math.max(1, all.length)];
  if (found === undefined) {
    done(Object.assign(new Error(`no such name: ${name}`), { code: 'ENOTFOUND' }), []);
  } else {
    done(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }
};

/** Whatever comes here has got where it must not. */
let trap: ScriptedUpstream;
/** As open as a policy can be without naming a special network. */
let open: TestProxy;
/** Three names and one network. */
let narrow: TestProxy;

const script: Script = [send('+OK\r\n'), expect('CAPA'), send('-ERR\r\n'), expectEnd()];

function start(allow: readonly string[]): Promise<TestProxy> {
  return startProxy({
    upstream: { host: undefined, from: 'login_name', port: trap.port },
    route: {
      login_name: { form: 'user-host' },
      targets: { allow, ports: [110, 995, trap.port] },
    },
    resolve,
  });
}

before(async () => {
  trap = await startScriptedUpstream(script);
  open = await start(['*', '0.0.0.0/0', '::/0', 'localhost']);
  narrow = await start(['pop.example.net', '*.mail.example', 'bank.example', '9.9.9.0/24']);
});

after(async () => {
  await open[Symbol.asyncDispose]();
  await narrow[Symbol.asyncDispose]();
  await trap[Symbol.asyncDispose]();
});

/** The host as it stands behind the #, and why it is refused; undefined where it is taken for no host. */
type Row = readonly [target: string, reason: string | undefined];

const inOpen: readonly Row[] = [
  ['0.0.0.0', 'not public'],
  ['10.0.0.1', 'not public'],
  ['100.64.0.1', 'not public'],
  ['127.0.0.1', 'not public'],
  ['127.8.8.8', 'not public'],
  ['169.254.169.254', 'not public'],
  ['172.16.0.1', 'not public'],
  ['172.31.255.255', 'not public'],
  ['192.0.2.1', 'not public'],
  ['192.168.0.1', 'not public'],
  ['198.18.0.1', 'not public'],
  ['198.51.100.1', 'not public'],
  ['203.0.113.1', 'not public'],
  ['224.0.0.1', 'not public'],
  ['255.255.255.255', 'not public'],
  ['[::]', 'not public'],
  ['[::1]', 'not public'],
  ['[0:0:0:0:0:0:0:1]', 'not public'],
  ['[::127.0.0.1]', 'not public'],
  ['[::ffff:127.0.0.1]', 'not public'],
  ['[::ffff:7f00:1]', 'not public'],
  ['[::FFFF:10.0.0.1]', 'not public'],
  ['[::ffff:0:127.0.0.1]', 'not public'],
  ['[64:ff9b::127.0.0.1]', 'not public'],
  ['[64:ff9b::7f00:1]', 'not public'],
  ['[64:ff9b:1::7f00:1]', 'not public'],
  ['[2002:7f00:1::1]', 'not public'],
  ['[2001::80ff:fffe]', 'not public'],
  ['[2001:db8::1]', 'not public'],
  ['[fc00::1]', 'not public'],
  ['[fd00:ec2::254]', 'not public'],
  ['[fe80::1]', 'not public'],
  ['[fe80::1%lo]', undefined],
  ['[ff02::1]', 'not public'],
  ['2130706433', 'syntax'],
  ['0x7f000001', 'syntax'],
  ['0x7f.0.0.1', 'syntax'],
  ['0177.0.0.1', 'syntax'],
  ['017700000001', 'syntax'],
  ['127.1', 'syntax'],
  ['127.0.1', 'syntax'],
  ['127.0.0.1.', 'syntax'],
  ['127.0.0.01', 'syntax'],
  ['256.0.0.1', 'syntax'],
  ['localhost', 'not public'],
  ['LOCALHOST', 'not public'],
  ['localhost.', 'syntax'],
  ['intranet', 'not listed'],
  ['pop_1.example', 'syntax'],
  ['pop..example', 'syntax'],
  ['-pop.example', undefined],
  ['loop.example%00.pop.example', undefined],
  ['127.0.0.1\\', undefined],
  ['loop.example', 'not public'],
  ['loop6.example', 'not public'],
  ['inside.example', 'not public'],
  ['mapped.example', 'not public'],
  ['metadata.example', 'not public'],
  ['nat64.example', 'not public'],
  ['everything.example', 'not public'],
  ['rebinding.example', 'not public'],
  ['rebinding.example', 'not public'],
  ['rebinding.example', 'not public'],
  ['pop.example:22', 'port'],
  ['pop.example:25', 'port'],
  ['pop.example:143', 'port'],
  ['127.0.0.1:22', 'port'],
  ['pop.example:0', undefined],
  ['pop.example:65536', undefined],
  ['pop.example:110:22', undefined],
];

const inNarrow: readonly Row[] = [
  ['example.net', 'not listed'],
  ['xpop.example.net', 'not listed'],
  ['pop.example.net.', 'syntax'],
  ['pop.example.net.evil.example', 'not listed'],
  ['mail.example', 'not listed'],
  ['evilmail.example', 'not listed'],
  ['xn--bnk-7cd.example', 'not listed'],
  ['b\u0430nk.example', undefined],
  ['\uff42ank.example', undefined],
  ['bank\u3002example', undefined],
  ['ban\u212a.example', undefined],
  ['8.8.8.8', 'not listed'],
  ['9.9.8.255', 'not listed'],
  ['[2a00::1]', 'not listed'],
  ['[::ffff:8.8.8.8]', 'not listed'],
];

/** Logs in by this name; the reply, and what the log has about it. */
async function attempt(proxy: TestProxy, target: string): Promise<readonly [string, unknown[]]> {
  const { lines } = proxy.services.log;
  const from = lines.length;
  const client = await Pop3Client.connect({ port: proxy.port });
  assert.match(await client.command(`USER kim#${Buffer.from(target).toString('latin1')}`), /^\+OK/);
  const reply = await client.command('PASS secret');
  client.destroy();
  await client.closed;
  const errors = lines
    .slice(from)
    .filter(({ level }) => level === 'warn' || level === 'error')
    .map(({ fields }) => fields['err']);
  return [reply, errors];
}

for (const [which, rows] of [
  ['open', inOpen],
  ['narrow', inNarrow],
] as const) {
  for (const [index, [target, reason]] of rows.entries()) {
    test(`${which} ${index}: nobody gets to ${JSON.stringify(target)}, which is said once`, async () => {
      const [reply, errors] = await attempt(which === 'open' ? open : narrow, target);
      assert.match(reply, /^-ERR \[SYS\/PERM\] [a-z ]+$/);
      const [error, ...others] = errors;
      assert.deepEqual(others, []);
      assert(error instanceof AppError);
      assert.equal(error.code, reason === undefined ? 'NO_ROUTE' : 'TARGET_FORBIDDEN');
      assert.equal(error.details['reason'], reason);
      assert.equal(trap.connections.length, 0);
    });
  }
}

test('the table is long enough', () => {
  assert(inOpen.length + inNarrow.length >= 40);
});

test('a name was resolved once for each login, and names that are not listed never', () => {
  assert.equal(asked.get('rebinding.example'), 3);
  assert.equal(asked.get('loop.example'), 1);
  assert.deepEqual(
    [...asked.keys()].filter((name) => answers[name] === undefined),
    [],
  );
});

test('a listed network is reached, by address and by name, and by no other port', async () => {
  await using proxy = await start(['*', '127.0.0.1']);
  const earlier = trap.connections.length;
  for (const target of ['127.0.0.1', '[::ffff:127.0.0.1]', 'loop.example', 'everything.example']) {
    const [reply] = await attempt(proxy, target);
    assert.doesNotMatch(reply, /may not be used/, target);
  }
  assert.equal(trap.connections.length, earlier + 4);
  const [reply] = await attempt(proxy, '127.0.0.1:111');
  assert.match(reply, /may not be used/);
});
