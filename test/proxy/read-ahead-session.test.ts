// Messages read ahead in sessions whose upstream plays a script to the octet: what it is asked, when, and
// what becomes of a session that ends in the middle.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { pass, tempfail } from '../../src/plugin-api/verdict.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { loaded } from '../helpers/pipeline.ts';
import { ConnectionEnded, Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy, type TestProxy, type TestSettings } from '../helpers/proxy.ts';
import { lines, wireReply } from '../helpers/scripted-maildrop.ts';
import {
  close,
  expect,
  expectEnd,
  perform,
  type Script,
  type ScriptedUpstream,
  send,
  startScriptedUpstream,
  until,
} from '../helpers/scripted-upstream.ts';

const count = 5;
const numbers = Array.from({ length: count }, (_, index) => index + 1);
const letters = numbers.map(
  (number) => `Subject: ${number}\r\n\r\n.dots\r\n${'x'.repeat(number)}\r\n`,
);
const passing: LoadedPlugin = loaded({ inspect: async () => pass() });
const ok = send('+OK\r\n');

function letter(number: number): string {
  return letters[number - 1] ?? '';
}

function wire(...wanted: readonly number[]): string {
  return wanted.map((number) => wireReply(letter(number))).join('');
}

function asked(...wanted: readonly number[]): Script {
  return wanted.map((number) => expect(`RETR ${number}`));
}

/** Nothing but this has come and not been answered. */
function nothingBehind(line: string) {
  return perform(`nothing behind ${line}`, ({ received }) =>
    assert.ok(received.endsWith(`${line}\r\n`), received),
  );
}

const capabilities = ['USER', 'UIDL', 'TOP'];

function login(...more: readonly string[]): Script {
  return loginWith([expect('CAPA'), send(lines('+OK', ...capabilities, ...more))]);
}

/** `capa` is nothing once the upstream is known. */
function loginWith(capa: Script): Script {
  const listing = lines('+OK', ...numbers.map((number) => `${number} ${letter(number).length}`));
  const uidls = lines('+OK', ...numbers.map((number) => `${number} u${number}`));
  return [
    send('+OK\r\n'),
    ...capa,
    expect('USER kim'),
    ok,
    expect('PASS secret'),
    ok,
    ...capa,
    expect('LIST'),
    send(listing),
    expect('UIDL'),
    send(uidls),
  ];
}

const pipelining = login('PIPELINING');

interface Place extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly upstream: ScriptedUpstream;
  readonly client: Pop3Client;
}

/** A client that has logged in; at the end no memory may be counted any more. */
async function place(script: Script, settings: TestSettings = {}): Promise<Place> {
  const upstream = await startScriptedUpstream(script);
  const proxy = await startProxy({ ...settings, upstream: { port: upstream.port } });
  const client = await Pop3Client.connect({ port: proxy.port });
  await client.login('kim', 'secret');
  return {
    proxy,
    upstream,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await proxy[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
      assert.equal(proxy.services.spool.budget.usedBytes, 0);
    },
  };
}

async function retrieve(client: Pop3Client, ...wanted: readonly number[]): Promise<void> {
  for (const number of wanted) {
    assert.equal((await client.multiline(`RETR ${number}`)).body.toString(), letter(number));
  }
}

for (const plugins of [[], [passing]]) {
  const chain = `${plugins.length} plugins`;

  test(`what comes next is asked for before the first answer, and never again (${chain})`, async () => {
    await using here = await place(
      [
        ...pipelining,
        ...asked(1, 2, 3),
        send(wire(1, 2, 3), { inChunksOf: 7 }),
        ...asked(4, 5),
        send(wire(4, 5)),
        expect('DELE 2'),
        expect('QUIT'),
        send('+OK\r\n+OK\r\n'),
        expectEnd(),
      ],
      { plugins },
    );
    const { client, upstream } = here;
    await retrieve(client, 1, 2, 3);
    assert.match(await client.command('DELE 2'), /^\+OK/);
    await retrieve(client, 4, 5);
    assert.match(await client.command('QUIT'), /^\+OK/);
    await upstream.done();
  });

  test(`without pipelining each RETR waits for the answer before it (${chain})`, async () => {
    const given = Promise.withResolvers<void>();
    await using here = await place(
      [
        ...login(),
        ...asked(1),
        nothingBehind('RETR 1'),
        send(wire(1)),
        ...asked(2),
        nothingBehind('RETR 2'),
        perform('asked early', () => given.resolve()),
        send(wire(2)),
        ...asked(3),
        nothingBehind('RETR 3'),
        send(wire(3)),
        ...numbers.slice(3).flatMap((number) => [...asked(number), send(wire(number))]),
        expectEnd(),
      ],
      { plugins },
    );
    await retrieve(here.client, 1);
    await given.promise;
    await retrieve(here.client, 2, 3, 4, 5);
    here.client.destroy();
    await here.upstream.done();
  });

  test(`with EXPIRE 0 only what the client asks for is asked for (${chain})`, async () => {
    await using here = await place(
      [
        ...login('PIPELINING', 'EXPIRE 0'),
        ...[1, 2, 4].flatMap((number) => [
          ...asked(number),
          nothingBehind(`RETR ${number}`),
          send(wire(number)),
        ]),
        expect('QUIT'),
        ok,
        expectEnd(),
      ],
      { plugins },
    );
    await retrieve(here.client, 1, 2, 4);
    assert.match(await here.client.command('QUIT'), /^\+OK/);
    await here.upstream.done();
  });

  test(`a refusal of an early RETR is not the client's (${chain})`, async () => {
    await using here = await place(
      [
        ...pipelining,
        ...asked(1, 2, 3),
        send(`${wire(1)}-ERR [SYS/TEMP] busy\r\n${wire(3)}`),
        ...asked(2),
        send(wire(2)),
      ],
      { plugins },
    );
    await retrieve(here.client, 1, 2, 3);
    await here.upstream.done();
  });

  test(`an upstream that dies in the middle of early messages truncates none (${chain})`, async () => {
    await using here = await place(
      [...pipelining, ...asked(1, 2, 3), send(wire(1)), send(wire(2).slice(0, -4)), close()],
      { plugins },
    );
    const { client } = here;
    await retrieve(client, 1);
    await here.upstream.done();
    const told = await client.multiline('RETR 2').catch((error: unknown) => error);
    if (told instanceof ConnectionEnded) return;
    assert.match((told as { status: string }).status, /^-ERR/);
    assert.match(await client.command('QUIT'), /^-ERR/);
  });

  test(`what comes behind the answers to early RETRs ends the session upstream (${chain})`, async () => {
    await using here = await place(
      [...pipelining, ...asked(1, 2, 3), send(`${wire(1, 2, 3)}+OK surplus\r\n`), expectEnd()],
      { plugins },
    );
    await retrieve(here.client, 1);
    await here.upstream.done();
    assert.match(await here.client.command('QUIT'), /^-ERR/);
  });

  test(`a QUIT waits for what is on its way, however long that takes (${chain})`, async () => {
    const clock = new FakeClock();
    const quitting = Promise.withResolvers<void>();
    await using here = await place(
      [
        ...pipelining,
        ...asked(1, 2, 3),
        send(wire(1)),
        until(quitting.promise),
        send(wire(2, 3)),
        expect('DELE 1'),
        expect('QUIT'),
        send('+OK\r\n+OK\r\n'),
        expectEnd(),
      ],
      { plugins, clock },
    );
    const { client } = here;
    await retrieve(client, 1);
    client.send('DELE 1\r\nNOOP\r\nQUIT\r\n');
    for (const _ of ['DELE', 'NOOP']) assert.match(await client.readLine(), /^\+OK/);
    await settled();
    await clock.advance(3_600_000);
    quitting.resolve();
    assert.match(await client.readLine(), /^\+OK/);
    await here.upstream.done();
  });

  test(`TOP, a jump back and RSET between early messages (${chain})`, async () => {
    const top = plugins.length === 0 ? 'TOP 2 0' : 'RETR 2';
    await using here = await place(
      [
        ...pipelining,
        ...asked(3, 4, 5),
        send(wire(3)),
        expect(top),
        send(wire(4, 5)),
        send(plugins.length === 0 ? '+OK\r\nSubject: 2\r\n\r\n.\r\n' : wire(2)),
        ...asked(1),
        send(wire(1)),
        ...asked(2),
        send(wire(2)),
        ...asked(3),
        send(wire(3)),
      ],
      { plugins },
    );
    const { client } = here;
    client.send('RETR 3\r\nTOP 2 0\r\n');
    assert.equal((await client.readMultiline()).body.toString(), letter(3));
    assert.equal((await client.readMultiline()).body.toString(), 'Subject: 2\r\n\r\n');
    await retrieve(client, 4, 1);
    assert.match(await client.command('DELE 5'), /^\+OK/);
    assert.match(await client.command('RETR 5'), /^-ERR/);
    assert.match(await client.command('RSET'), /^\+OK/);
    await retrieve(client, 2, 5, 3);
    await here.upstream.done();
  });

  test(`a client that vanishes with messages on their way leaves no QUIT and no memory (${chain})`, async () => {
    await using here = await place(
      [...pipelining, ...asked(1, 2, 3), send(wire(1)), send(wire(2).slice(0, 9)), expectEnd()],
      { plugins },
    );
    await retrieve(here.client, 1);
    here.client.destroy();
    await here.upstream.done();
  });
}

test('a client that goes while the upstream waits for it lets go of the upstream', async () => {
  const much = `Subject: 1\r\n\r\n${'x'.repeat(998).concat('\r\n').repeat(40_000)}`;
  const begun = Promise.withResolvers<void>();
  await using here = await place([
    ...pipelining,
    ...asked(1, 2, 3),
    perform('send more than anybody buffers', async (connection) => {
      await connection.send('+OK\r\n');
      begun.resolve();
      await connection.send(much);
    }),
    expectEnd(),
  ]);
  here.client.stall();
  here.client.send('RETR 1\r\n');
  await begun.promise;
  await settled();
  here.client.destroy();
  await here.upstream.done();
});

test('what could not be judged early is judged when it is asked for', async () => {
  const asks = new Map<string | undefined, number>();
  const early = Promise.withResolvers<void>();
  const plugin = loaded({
    async inspect(message) {
      const subject = (await message.headers()).get('Subject');
      const times = (asks.get(subject) ?? 0) + 1;
      asks.set(subject, times);
      if (subject === '3') early.resolve();
      return subject === '1' || times > 1 ? pass() : tempfail('busy');
    },
  });
  await using here = await place([...pipelining, ...asked(1, 2, 3), send(wire(1, 2, 3))], {
    plugins: [plugin],
  });
  await retrieve(here.client, 1);
  await early.promise;
  await settled();
  await retrieve(here.client, 2, 3);
  assert.deepEqual([asks.get('2'), asks.get('3')], [2, 2]);
});

test('a plugin that hangs over early messages keeps no session, and no message, for ever', async () => {
  const clock = new FakeClock();
  let hanging = 0;
  const both = Promise.withResolvers<void>();
  const plugin = loaded({
    async inspect(message) {
      if ((await message.headers()).get('Subject') === '1') return pass();
      hanging += 1;
      if (hanging === 2) both.resolve();
      return new Promise(() => {});
    },
  });
  await using here = await place([...pipelining, ...asked(1, 2, 3), send(wire(1, 2, 3))], {
    plugins: [plugin],
    clock,
  });
  await retrieve(here.client, 1);
  await both.promise;
  here.client.send('RETR 2\r\nNOOP\r\n');
  // The early judgement is given up, then that for the client.
  const told = here.client.readLine();
  for (let turn = 0; turn < 3; turn += 1) await clock.advance(1000);
  assert.match(await told, /^-ERR \[SYS\/TEMP\]/);
  assert.match(await here.client.readLine(), /^\+OK/);
});

test('a message that is larger than listed is asked for again, and the session goes on', async () => {
  const much = `Subject: 2\r\n\r\n${'x'.repeat(998).concat('\r\n').repeat(200)}`;
  for (const plugins of [[], [passing]]) {
    await using here = await place(
      [
        ...pipelining,
        ...asked(1, 2, 3),
        send(wire(1)),
        send(wireReply(much)),
        send(wire(3)),
        ...asked(4, 5),
        send(wire(4, 5)),
        ...asked(2),
        send(wireReply(much)),
      ],
      { plugins },
    );
    await retrieve(here.client, 1, 3);
    const { body } = await here.client.multiline('RETR 2');
    assert.ok(body.equals(Buffer.from(much)));
    await retrieve(here.client, 4, 5);
    await here.upstream.done();
  }
});

test('a message that cost a session is not fetched early at any later poll', async () => {
  const endless = `+OK\r\n${'x'.repeat(3000)}\r\n`;
  const known = loginWith([]);
  const polls: readonly Script[] = [
    [...pipelining, ...asked(1, 2, 3), send(wire(1)), send(endless), expectEnd()],
    [...known, ...asked(1, 3), send(wire(1, 3)), ...asked(4, 5), expectEnd()],
    [...known, ...asked(1, 3), send(wire(1, 3)), ...asked(4, 5), expectEnd()],
  ];
  for (const plugins of [[], [passing]]) {
    await using upstream = await startScriptedUpstream((poll) => polls[poll] ?? []);
    await using proxy = await startProxy({
      plugins,
      limits: { max_message: '1KB' },
      spool: { maxBytes: 1024 },
      upstream: { port: upstream.port },
    });
    for (const poll of polls.keys()) {
      const client = await Pop3Client.connect({ port: proxy.port });
      await client.login('kim', 'secret');
      await retrieve(client, 1);
      if (poll === 0) await upstream.done();
      else await retrieve(client, 3);
      if (poll === 1) assert.match((await client.multiline('RETR 2')).status, /^-ERR \[SYS\/PERM/);
      client.destroy();
    }
    await upstream.done();
    assert.equal(upstream.connections.length, polls.length);
  }
});
