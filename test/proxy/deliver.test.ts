import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/base/errors.ts';
import { MemoryBudget } from '../../src/pipeline/memory-budget.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { sampleFacts } from '../../src/pipeline/testing.ts';
import type { PluginInstance } from '../../src/plugin-api/define-plugin.ts';
import type { Observation } from '../../src/plugin-api/observation.ts';
import { block, pass, tempfail } from '../../src/plugin-api/verdict.ts';
import { MultilineEncoder } from '../../src/pop3/multiline.ts';
import { MultilineRelay } from '../../src/pop3/multiline-relay.ts';
import { askForMessage } from '../../src/proxy/ask-for-message.ts';
import { ClientOutput } from '../../src/proxy/client-output.ts';
import { type DeliveryOutcome, deliver } from '../../src/proxy/deliver.ts';
import type { UpstreamClient } from '../../src/upstream/client.ts';
import type { ContentSink, WireSink } from '../../src/upstream/content-framing.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { memoryQuarantine } from '../helpers/memory-quarantine.ts';
import { collect, loaded, lost } from '../helpers/pipeline.ts';
import { temporaryFolder } from '../helpers/process.ts';
import { type TestSettings, testServices, upstreamMessage } from '../helpers/proxy.ts';
import { RecordingSocket } from '../helpers/recording-socket.ts';
import { cut } from '../message/chunking.ts';

const letter = 'Subject: x\r\nFrom: ann@example.org\r\n\r\none\r\n.two\r\nthree\r\n';

/** An upstream that gives its message piece by piece, and may fail before any of them. */
class FakeUpstream {
  isClosed = false;
  hasTop = true;
  asked: string[] = [];
  readonly #content: string;
  readonly #failsAt: number | undefined;
  readonly #failure: AppError;

  constructor(content: string, failsAt?: number, failure: AppError = lost()) {
    this.#content = content;
    this.#failsAt = failsAt;
    this.#failure = failure;
  }

  get asUpstream(): UpstreamClient {
    return this as unknown as UpstreamClient;
  }

  async retrieve(number: number, sink: ContentSink, bodyLines?: number): Promise<void> {
    this.asked.push(bodyLines === undefined ? `RETR ${number}` : `TOP ${number} ${bodyLines}`);
    let at = 0;
    for (const piece of cut(Buffer.from(this.#content), [10])) {
      if (at === this.#failsAt) throw this.#failure;
      await settledOnce();
      if (this.isClosed) throw lost();
      sink.write(piece);
      at += 1;
    }
    if (this.#failsAt !== undefined) throw this.#failure;
  }

  async relay(number: number, sink: WireSink, bodyLines?: number): Promise<void> {
    const relay = new MultilineRelay();
    const encoder = new MultilineEncoder();
    const emit = (wire: Buffer): void => {
      relay.push(wire, (octets, contentOctets) => sink.write(octets, contentOctets));
    };
    const write = (content: Buffer): boolean => {
      for (const wire of encoder.encode(content)) emit(wire);
      return true;
    };
    await this.retrieve(number, { write, onDrain: (resume) => resume() }, bodyLines);
    emit(encoder.end());
  }

  close(): void {
    this.isClosed = true;
  }
}

function settledOnce(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Counts how often a spool gives back what it took: once, when it is disposed. */
class WatchedBudget extends MemoryBudget {
  releases = 0;

  override release(bytes: number): void {
    this.releases += 1;
    super.release(bytes);
  }
}

interface Case extends TestSettings {
  readonly upstream?: never;
  readonly from?: FakeUpstream;
  readonly bodyLines?: number;
  readonly listedOctets?: number;
  /** Called with the client's end before the delivery begins. */
  prepare?(socket: RecordingSocket, gone: AbortController): void;
}

interface Outcome {
  readonly outcome: DeliveryOutcome['kind'] | undefined;
  readonly wire: string;
  readonly socket: RecordingSocket;
  readonly upstream: FakeUpstream;
}

/** Delivers one message; whatever comes of it, exactly one spool was used and given back. */
async function run({
  from,
  bodyLines,
  listedOctets,
  prepare,
  ...settings
}: Case): Promise<Outcome> {
  const budget = new WatchedBudget(10_000_000);
  const services = await testServices({ ...settings, spool: { budget, ...settings.spool } });
  const socket = new RecordingSocket();
  const upstream = from ?? new FakeUpstream(letter);
  const gone = new AbortController();
  socket.on('close', () =>
    gone.abort(new AppError('CLIENT_GONE', { fault: 'client', publicText: 'gone' })),
  );
  prepare?.(socket, gone);
  gone.signal.addEventListener('abort', () => upstream.close());
  const announcedOctets = listedOctets ?? letter.length;
  const message = { ...sampleFacts(announcedOctets), number: 3 };
  const delivering = deliver(
    {
      message,
      listed: upstreamMessage(7, announcedOctets),
      wishedLanguage: undefined,
      account: { user: 'ann', upstreamHost: 'pop.example.org', textMode: 'octets' },
      bodyLines,
      upstream: upstream.asUpstream,
      ask: (listed) =>
        askForMessage(
          listed,
          { bodyLines, when: 'now' },
          { ...services, upstream: upstream.asUpstream, factsOf: () => message },
        ),
      output: new ClientOutput(socket.asSocket),
      log: services.log,
      signal: gone.signal,
    },
    services,
  );
  // Of a client that is gone before it could be answered, the caller learns by a rejection.
  const ended = await delivering.catch((error: unknown) => {
    assert.ok(error instanceof AppError && error.code === 'CLIENT_GONE');
    return undefined;
  });
  const outcome = ended?.kind;
  assert.equal(budget.usedBytes, 0);
  assert.ok(budget.releases <= 1);
  return { outcome, wire: socket.written.toString('latin1'), socket, upstream };
}

const inspecting: PluginInstance = {
  async inspect(message) {
    await message.size();
    return pass();
  },
};

const wholeWire = letter.replace('\r\n.two', '\r\n..two');

test('without plugins a message goes through as it comes', async () => {
  const { outcome, wire, upstream } = await run({});
  assert.equal(outcome, 'delivered');
  assert.equal(wire, `+OK ${letter.length} octets\r\n${wholeWire}.\r\n`);
  assert.deepEqual(upstream.asked, ['RETR 7']);
});

test('with plugins that let it pass, the message is the same', async () => {
  const { outcome, wire } = await run({ plugins: [loaded(inspecting)] });
  assert.equal(outcome, 'delivered');
  assert.equal(wire, `+OK ${letter.length} octets\r\n${wholeWire}.\r\n`);
});

test('without plugins the upstream cuts for TOP, where it can', async () => {
  const able = await run({ bodyLines: 1 });
  assert.deepEqual(able.upstream.asked, ['TOP 7 1']);
  const unable = new FakeUpstream(letter);
  unable.hasTop = false;
  const { wire } = await run({ from: unable, bodyLines: 1 });
  assert.deepEqual(unable.asked, ['RETR 7']);
  assert.match(
    wire,
    /^\+OK [^\r\n]*\r\nSubject: x\r\nFrom: ann@example\.org\r\n\r\none\r\n\.\r\n$/,
  );
});

test('TOP is judged by the whole message and cut from it', async () => {
  const { wire, upstream } = await run({ plugins: [loaded(inspecting)], bodyLines: 1 });
  assert.match(
    wire,
    /^\+OK [^\r\n]*\r\nSubject: x\r\nFrom: ann@example\.org\r\n\r\none\r\n\.\r\n$/,
  );
  assert.deepEqual(upstream.asked, ['RETR 7']);
});

test('a blocked message is kept first, then a notice takes its place', async () => {
  const quarantine = memoryQuarantine();
  const blocking = loaded({ inspect: async () => block('Eicar', { part: 'x.zip' }) });
  const { outcome, wire } = await run({ plugins: [blocking], quarantine });
  assert.equal(outcome, 'delivered');
  assert.match(wire, /^\+OK \d+ octets\r\n/);
  assert.match(wire, /Subject: \[Blocked\] x\r\n/);
  assert.match(wire, /\r\nX-Postern-Quarantine: id-1\r\n[\s\S]*\bCODE-1\b/);
  assert.doesNotMatch(wire, /three/);
  assert.ok(wire.endsWith('\r\n.\r\n'));
  const [kept] = quarantine.kept;
  assert.equal(kept?.content.toString(), letter);
  assert.equal(kept.record.octets, letter.length);
  assert.deepEqual(kept.record.findings, [{ plugin: 'subject', finding: 'Eicar', part: 'x.zip' }]);
  assert.equal(kept.record.subject, 'x');
});

test('recorders are told the judgement before the first octet and the end after the last', async () => {
  const socket: { current?: RecordingSocket } = {};
  const told: [string, number][] = [];
  const recorder = loaded({
    async observe({ kind }) {
      told.push([kind, socket.current?.written.length ?? 0]);
    },
  });
  const { wire } = await run({
    plugins: [recorder],
    prepare(given) {
      socket.current = given;
    },
  });
  assert.deepEqual(told, [
    ['messageJudged', 0],
    ['messageDelivered', wire.length],
  ]);
});

const failing = async (): Promise<never> => {
  throw new Error('private detail');
};

const beforeCommit: Readonly<Record<string, Case>> = {
  'a message larger than allowed': { limits: { max_message: '1KB' }, listedOctets: 1025 },
  'a message that turns out larger than allowed': { spool: { maxBytes: 20 } },
  'an inspector that fails': { plugins: [loaded({ inspect: failing })] },
  'an inspector that cannot tell now': {
    plugins: [loaded({ inspect: async () => tempfail('x') })],
  },
  'a finding that defers': {
    plugins: [loaded({ inspect: async () => block('x') }, { onBlock: 'defer' })],
  },
  'a transformer that fails': { plugins: [loaded({ transform: failing })] },
  'a transformer that forgets next()': { plugins: [loaded({ transform: async () => {} })] },
  'a recorder that fails': { plugins: [loaded({ observe: failing })] },
  'a quarantine that fails': {
    plugins: [loaded({ inspect: async () => block('x') })],
    quarantine: { ...memoryQuarantine(), put: failing },
  },
};

for (const [what, given] of Object.entries(beforeCommit)) {
  test(`${what} is answered by one -ERR line, and the session goes on`, async () => {
    const plugins = given.plugins ?? [loaded(inspecting)];
    const { outcome, wire, socket, upstream } = await run({ ...given, plugins });
    assert.equal(outcome, 'refused');
    assert.match(wire, /^-ERR \[SYS\/(?:TEMP|PERM)\] [^\r\n]*\r\n$/);
    assert.doesNotMatch(wire, /private/);
    assert.equal(socket.destroyed, false);
    assert.equal(upstream.isClosed, false);
  });
}

test('a message that is too large is not even asked for', async () => {
  const { upstream, wire } = await run({ limits: { max_message: '1KB' }, listedOctets: 1025 });
  assert.deepEqual(upstream.asked, []);
  assert.match(wire, /^-ERR \[SYS\/PERM\]/);
});

test('what the upstream said about its refusal reaches the client', async () => {
  const refused = new AppError('UPSTREAM_REFUSED_MESSAGE', {
    fault: 'upstream',
    publicText: 'refused',
    peerText: 'message is gone',
    responseCode: 'none',
  });
  for (const plugins of [[], [loaded(inspecting)]]) {
    const { wire } = await run({ plugins, from: new FakeUpstream(letter, 0, refused) });
    assert.equal(wire, '-ERR message is gone\r\n');
  }
});

test('a spool without a disk is answered by one -ERR line', async () => {
  await using folder = await temporaryFolder('deliver');
  const spool = { memoryBytes: 0, folder: join(folder.path, 'nowhere') };
  const { outcome, wire } = await run({ plugins: [loaded(inspecting)], spool });
  assert.equal(outcome, 'refused');
  assert.match(wire, /^-ERR \[SYS\/TEMP\] [^\r\n]*\r\n$/);
});

/** The wire is one -ERR line, or a delivery; only an answered delivery has the terminator. */
function assertOneCommitPoint({ outcome, wire, socket, upstream }: Outcome): void {
  if (wire.startsWith('-ERR')) {
    assert.match(wire, /^-ERR [^\r\n]*\r\n$/);
    assert.equal(outcome, 'refused');
    return;
  }
  const isTerminated = /(?:^|\r\n)\.\r\n$/.test(wire);
  assert.equal(isTerminated, outcome === 'delivered');
  assert.doesNotMatch(wire, /-ERR/);
  if (outcome === 'delivered') return;
  assert.equal(upstream.isClosed, true);
  assert.equal(socket.destroyed, true);
}

const chains: fc.Arbitrary<readonly LoadedPlugin[]> = fc.constantFrom(
  [],
  [loaded(inspecting)],
  [loaded({ inspect: async () => block('x') })],
  [
    loaded({
      async transform({ edit }, next) {
        edit.add('X-Added', 'y');
        await next();
      },
    }),
  ],
);

test('wherever the upstream fails, the client gets one -ERR line or a cut connection', async () => {
  await fc.assert(
    fc.asyncProperty(
      chains,
      fc.integer({ min: 0, max: 8 }),
      fc.constantFrom(undefined, 0, 1, 100),
      async (plugins, failsAt, bodyLines) => {
        const from = new FakeUpstream(letter, failsAt);
        const result = await run({
          plugins,
          from,
          ...(bodyLines === undefined ? {} : { bodyLines }),
        });
        assertOneCommitPoint(result);
        // A chain of plugins has the whole message before it commits.
        if (plugins.length > 0) assert.match(result.wire, /^-ERR/);
      },
    ),
    { numRuns: 80 },
  );
});

test('wherever the client vanishes, no terminator is written and the upstream is closed', async () => {
  const large = `${letter}${'0123456789abcdef\r\n'.repeat(500)}`;
  await fc.assert(
    fc.asyncProperty(
      chains,
      fc.integer({ min: 0, max: 9000 }),
      fc.constantFrom(100, 10_000_000),
      async (plugins, octets, memoryBytes) => {
        let writtenWhenLeft = 0;
        const result = await run({
          plugins,
          spool: { memoryBytes },
          from: new FakeUpstream(large),
          prepare(socket) {
            socket.onWritten = (written) => {
              if (written < octets) return;
              writtenWhenLeft = written;
              socket.destroy();
            };
          },
        });
        if (!result.socket.destroyed) {
          assert.notEqual(result.outcome, 'broken');
          return;
        }
        if (result.outcome === 'broken') assert.equal(result.upstream.isClosed, true);
        // Only who leaves during the very last write has been sent the terminator.
        assert.equal(result.wire.length, writtenWhenLeft);
      },
    ),
    { numRuns: 60 },
  );
});

for (const plugins of [[], [loaded(inspecting)]]) {
  const chain = plugins.length === 0 ? 'without plugins' : 'while it is judged';
  test(`a client that is gone before the first octet gets none, ${chain}`, async () => {
    for (const steps of [0, 1, 3]) {
      const { outcome, wire, upstream } = await run({
        plugins,
        async prepare(socket) {
          for (let step = 0; step < steps; step++) await settledOnce();
          if (socket.written.length === 0) socket.destroy();
        },
      });
      if (outcome === 'delivered') continue;
      assert.equal(outcome, 'broken');
      assert.equal(wire.includes('\r\n.\r\n'), false);
      if (upstream.asked.length > 0) assert.equal(upstream.isClosed, true);
    }
  });
}

test('recorders learn how a delivery ended', async () => {
  const kindsOf = async (given: Case): Promise<string[]> => {
    const told: Observation[] = [];
    const recorder = loaded({
      async observe(observation) {
        told.push(observation);
      },
    });
    await run({ ...given, plugins: [recorder, ...(given.plugins ?? [])] });
    await settled();
    return told.map((each) => ('code' in each ? `${each.kind} ${each.code}` : each.kind));
  };
  assert.deepEqual(await kindsOf({}), ['messageJudged', 'messageDelivered']);
  assert.deepEqual(await kindsOf({ from: new FakeUpstream(letter, 2) }), [
    'messageRefused UPSTREAM_LOST',
  ]);
  assert.deepEqual(
    await kindsOf({
      prepare(socket) {
        socket.onWritten = () => socket.destroy();
      },
    }),
    ['messageJudged', 'messageBroken CLIENT_GONE'],
  );
});

test('a client kept waiting is promised a message: what fails after that cuts it', async () => {
  for (const isGood of [true, false]) {
    const clock = new FakeClock();
    const slow = loaded(
      {
        async inspect() {
          // Twice what clients are left without a sign of life.
          await clock.advance(30_000);
          return isGood ? pass() : tempfail('engine is gone');
        },
      },
      { timeoutMs: 60_000 },
    );
    const { outcome, wire, socket } = await run({ clock, plugins: [slow] });
    assert.match(wire, /^\+OK \d+ octets\r\nX-Postern-Wait: 1\r\n/);
    assert.doesNotMatch(wire, /-ERR/);
    assert.equal(outcome, isGood ? 'delivered' : 'broken');
    assert.equal(socket.wasReset, !isGood);
    assert.equal(wire.endsWith('\r\n.\r\n'), isGood);
    assert.equal(wire.split('+OK').length, 2);
    assert.equal(clock.timers, 0);
  }
});

test('what is kept in quarantine is the message as it came, also from a file', async () => {
  const quarantine = memoryQuarantine();
  const blocking = loaded({ inspect: async () => block('x') });
  await run({ plugins: [blocking], quarantine, spool: { memoryBytes: 0 } });
  assert.equal(quarantine.kept[0]?.content.toString(), letter);
});

test('a quarantine that stops reading leaves nothing open', async () => {
  const blocking = loaded({ inspect: async () => block('x') });
  const { outcome, wire } = await run({
    plugins: [blocking],
    quarantine: {
      ...memoryQuarantine(),
      async put(_record, content) {
        for await (const piece of content) {
          assert.ok(piece.length > 0);
          break;
        }
        await collect(content);
        throw new Error('disk full');
      },
    },
  });
  assert.equal(outcome, 'refused');
  assert.match(wire, /^-ERR \[SYS\/TEMP\]/);
});
