import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import type { ArrivingMessage } from '../../src/pipeline/arriving-message.ts';
import { inspect, type Judged } from '../../src/pipeline/inspect.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import type { PluginInstance } from '../../src/plugin-api/define-plugin.ts';
import type { MessageView } from '../../src/plugin-api/message-view.ts';
import { block, flag, pass, tempfail, type Verdict } from '../../src/plugin-api/verdict.ts';
import type { Cache } from '../../src/stores/store.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import {
  collect,
  emptyMessage,
  loaded,
  lost,
  wholeMessage,
  withCode,
} from '../helpers/pipeline.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

const letter = 'Subject: x\r\n\r\nbody\r\n';
const noSignal = new AbortController().signal;

function services(plugins: readonly LoadedPlugin[], verdicts: Cache<Verdict> = new Map()) {
  return {
    plugins,
    clock: new FakeClock(),
    verdicts,
    running: new Map<string, Promise<Verdict>>(),
  };
}

/** The verdict of one plugin on a whole small message. */
async function verdictOf(plugin: LoadedPlugin, message = wholeMessage(letter)): Promise<Verdict> {
  const [first] = await inspect(message, services([plugin]), noSignal);
  assert.ok(first !== undefined);
  assert.equal(first.plugin, plugin.name);
  return first.verdict;
}

/** JavaScript plugins are bound by no types. */
function returning(value: unknown): PluginInstance {
  return { inspect: async () => value as Verdict };
}

test('verdicts come in the order of the configuration, whoever is first to judge', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const plugins = [
    loaded(
      {
        async inspect() {
          await gate;
          return flag('slow');
        },
      },
      { name: 'a' },
    ),
    loaded({}, { name: 'looks at nothing' }),
    loaded(
      {
        async inspect() {
          open();
          return block('quick');
        },
      },
      { name: 'b' },
    ),
  ];
  const verdicts = await inspect(wholeMessage(letter), services(plugins), noSignal);
  assert.deepEqual(verdicts, [
    { plugin: 'a', verdict: flag('slow'), engine: 'a 1' },
    { plugin: 'b', verdict: block('quick'), engine: 'b 1' },
  ]);
});

test('without plugins nobody judges, and the message is waited for', async () => {
  const message = emptyMessage();
  const verdicts = inspect(message, services([]), noSignal);
  let isJudged = false;
  const seen = verdicts.then(() => {
    isJudged = true;
  });
  await settled();
  assert.equal(isJudged, false);
  message.spool.complete();
  assert.deepEqual(await verdicts, []);
  await seen;
});

test('a large message is inspected before it is complete', async () => {
  const message = emptyMessage();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const plugin = loaded({
    async inspect(view) {
      const reading = view.bytes()[Symbol.asyncIterator]();
      await reading.next();
      start();
      await view.size();
      return flag('seen');
    },
  });
  const verdicts = inspect(message, services([plugin]), noSignal);
  message.spool.write(Buffer.alloc(64 * 1024));
  await started;
  assert.equal(message.spool.isComplete, false);
  message.spool.complete();
  assert.deepEqual((await verdicts)[0]?.verdict, flag('seen'));
});

test('a small message waits for its hash, so that one that is known costs no work', async () => {
  const message = emptyMessage();
  let calls = 0;
  const plugin = loaded({
    async inspect() {
      calls += 1;
      return pass();
    },
  });
  const verdicts = inspect(message, services([plugin]), noSignal);
  message.spool.write(Buffer.alloc(64 * 1024 - 1));
  await settled();
  assert.equal(calls, 0);
  message.spool.complete();
  await verdicts;
  assert.equal(calls, 1);
});

interface Scanner {
  key: string | undefined;
  verdict: Verdict;
  calls: number;
  onInspect(): void;
}

function scanner(changes: Partial<Scanner> = {}): {
  readonly state: Scanner;
  readonly instance: PluginInstance;
} {
  const state: Scanner = { key: 'v1', verdict: block('bad'), calls: 0, onInspect() {}, ...changes };
  return {
    state,
    instance: {
      async inspect() {
        state.calls += 1;
        state.onInspect();
        return state.verdict;
      },
      cacheKey: () => state.key,
    },
  };
}

async function inspectTwice(
  { state, instance }: ReturnType<typeof scanner>,
  between: (state: Scanner) => void = () => {},
  second: { readonly content?: string; readonly plugin?: LoadedPlugin } = {},
): Promise<number> {
  const verdicts: Cache<Verdict> = new Map();
  await inspect(wholeMessage(letter), services([loaded(instance)], verdicts), noSignal);
  between(state);
  const judged = await inspect(
    wholeMessage(second.content ?? letter),
    services([second.plugin ?? loaded(instance)], verdicts),
    noSignal,
  );
  assert.deepEqual(judged[0]?.verdict, state.verdict);
  return state.calls;
}

test('a verdict on the same content is reused', async () => {
  assert.equal(await inspectTwice(scanner()), 1);
  assert.equal(await inspectTwice(scanner({ verdict: pass() })), 1);
  assert.equal(await inspectTwice(scanner({ verdict: flag('odd') })), 1);
});

test('a verdict is not reused for other content, other data, other options or another plugin', async () => {
  assert.equal(await inspectTwice(scanner(), () => {}, { content: `${letter}.` }), 2);
  const newer = (state: Scanner): void => {
    state.key = 'v2';
  };
  assert.equal(await inspectTwice(scanner(), newer), 2);
  for (const changes of [{ fingerprint: 'other' }, { name: 'other' }]) {
    const same = scanner();
    assert.equal(await inspectTwice(same, () => {}, { plugin: loaded(same.instance, changes) }), 2);
  }
});

test('a verdict without a key is not reused', async () => {
  assert.equal(await inspectTwice(scanner({ key: undefined })), 2);
});

test('that no judgement was possible is never remembered', async () => {
  assert.equal(await inspectTwice(scanner({ verdict: tempfail('down') })), 2);
});

test('a failure that is passed over is not remembered', async () => {
  const failing = scanner({
    onInspect() {
      throw new Error('down');
    },
  });
  const verdicts = new Map<string, Verdict>();
  const plugin = loaded(failing.instance, { onError: 'pass' });
  await inspect(wholeMessage(letter), services([plugin], verdicts), noSignal);
  assert.equal(verdicts.size, 0);
});

test('a verdict found while the data changed is not remembered under either key', async () => {
  const changing = scanner();
  changing.state.onInspect = () => {
    changing.state.key = 'v2';
  };
  const verdicts = new Map<string, Verdict>();
  await inspect(wholeMessage(letter), services([loaded(changing.instance)], verdicts), noSignal);
  assert.equal(verdicts.size, 0);
});

for (const [what, cacheKey] of Object.entries<() => unknown>({
  throws: () => {
    throw new Error('no key');
  },
  'is a promise': async () => 'v1',
  'is null': () => null,
})) {
  test(`a cache key that ${what} costs the reuse, not the verdict`, async () => {
    const verdicts = new Map<string, Verdict>();
    const log = recordingLogger();
    const instance = { ...returning(block('bad')), cacheKey: cacheKey as () => string };
    const plugin = loaded(instance, { log, onError: 'pass' });
    const judged = await inspect(wholeMessage(letter), services([plugin], verdicts), noSignal);
    assert.deepEqual(judged[0]?.verdict, block('bad'));
    assert.equal(verdicts.size, 0);
    assert.ok(log.lines.length > 0);
  });
}

const notVerdicts: readonly unknown[] = [
  undefined,
  null,
  true,
  'pass',
  {},
  { kind: 'ok' },
  { kind: 'flag' },
  { kind: 'flag', label: 'x', evidence: 7 },
  { kind: 'block' },
  { kind: 'block', finding: 7 },
  { kind: 'block', finding: 'x', explanation: {} },
  { kind: 'block', finding: 'x', part: null },
  { kind: 'tempfail' },
];

for (const value of notVerdicts) {
  test(`${JSON.stringify(value)} is no verdict but a failure`, async () => {
    const deferred = await verdictOf(loaded(returning(value)));
    assert.deepEqual(deferred, tempfail('subject: PLUGIN_FAILED'));
    const passedOver = await verdictOf(loaded(returning(value), { onError: 'pass' }));
    assert.equal(passedOver.kind, 'flag');
  });
}

for (const [how, instance] of Object.entries<PluginInstance>({
  'throws at once': {
    inspect() {
      throw new Error('private');
    },
  },
  rejects: { inspect: async () => Promise.reject(new Error('private')) },
})) {
  test(`an inspector that ${how} defers the message, or leaves a mark where it is passed over`, async () => {
    const log = recordingLogger();
    assert.deepEqual(
      await verdictOf(loaded(instance, { log })),
      tempfail('subject: PLUGIN_FAILED'),
    );
    assert.equal(log.lines[0]?.level, 'error');
    const passedOver = await verdictOf(loaded(instance, { log, onError: 'pass' }));
    assert.ok(passedOver.kind === 'flag');
    assert.equal(passedOver.label, 'not-inspected');
    assert.equal(log.lines[1]?.level, 'warn');
  });
}

test('an inspector that hangs is given up, told so, and its message is deferred', async () => {
  let view: MessageView | undefined;
  const plugin = loaded({
    inspect(given) {
      view = given;
      return new Promise(() => {});
    },
  });
  const given = services([plugin]);
  const judged = inspect(wholeMessage(letter), given, noSignal);
  await given.clock.advance(999);
  assert.equal(view?.signal.aborted, false);
  await given.clock.advance(1);
  assert.deepEqual((await judged)[0]?.verdict, tempfail('subject: PLUGIN_TIMEOUT'));
  assert.equal(view?.signal.aborted, true);
});

test('the time a message takes to arrive does not count against an inspector', async () => {
  const message = emptyMessage();
  const plugin = loaded({
    async inspect(view) {
      await view.size();
      return flag('patient');
    },
  });
  const given = services([plugin]);
  const judged = inspect(message, given, noSignal);
  message.spool.write(Buffer.alloc(100_000));
  await given.clock.advance(3_600_000);
  message.spool.complete();
  assert.deepEqual((await judged)[0]?.verdict, flag('patient'));
});

for (const onError of ['defer', 'pass'] as const) {
  test(`a message that fails to arrive is no verdict and no fault of a plugin (on_error: ${onError})`, async () => {
    const message = emptyMessage();
    const log = recordingLogger();
    const reading = loaded(
      {
        async inspect(view) {
          await collect(view.bytes());
          return pass();
        },
      },
      { onError, log },
    );
    const wrapping = loaded(
      {
        async inspect(view) {
          try {
            await view.size();
          } catch (cause) {
            throw new Error('wrapped', { cause });
          }
          return pass();
        },
      },
      { onError, log },
    );
    const hasty = loaded({ inspect: async () => pass() }, { onError, log });
    const judged = assert.rejects(
      inspect(message, services([reading, wrapping, hasty]), noSignal),
      withCode('UPSTREAM_LOST'),
    );
    message.spool.write(Buffer.alloc(100_000));
    await settled();
    message.spool.fail(lost());
    await judged;
    assert.deepEqual(log.lines, []);
  });

  test(`a client that goes ends the inspection without blaming a plugin (on_error: ${onError})`, async () => {
    const log = recordingLogger();
    const controller = new AbortController();
    const plugin = loaded({ inspect: () => new Promise(() => {}) }, { onError, log });
    const judged = assert.rejects(
      inspect(wholeMessage(letter), services([plugin]), controller.signal),
      withCode('CLIENT_GONE'),
    );
    await settled();
    controller.abort(new AppError('CLIENT_GONE', { fault: 'client', publicText: 'gone' }));
    await judged;
    assert.deepEqual(log.lines, []);
  });

  const hugeHeader = (): ArrivingMessage => {
    const message = emptyMessage();
    message.spool.write(Buffer.from(`X: ${'a'.repeat(1_100_000)}\r\n\r\n`));
    message.spool.complete();
    return message;
  };

  test(`a header too large to be read is blocked whoever looks, or nobody does (on_error: ${onError})`, async () => {
    const looking = loaded(
      {
        async inspect(view) {
          await view.headers();
          return pass();
        },
      },
      { onError },
    );
    const blind = loaded({ inspect: async () => pass() }, { onError });
    const recorder = loaded({ observe: async () => {} }, { onError });
    const own = (verdicts: readonly Judged[]): Verdict | undefined => verdicts.at(-1)?.verdict;
    for (const plugins of [[looking], [blind], [recorder]]) {
      const verdicts = await inspect(hugeHeader(), services(plugins), noSignal);
      const verdict = own(verdicts);
      assert.ok(verdict?.kind === 'block');
      assert.equal(verdict.finding, 'oversized-header');
      assert.equal(verdicts.at(-1)?.plugin, 'postern');
    }
    const [seen] = await inspect(hugeHeader(), services([looking]), noSignal);
    assert.equal(seen?.verdict.kind, 'block');
  });

  test(`a message of too many parts is blocked, not passed (on_error: ${onError})`, async () => {
    const walking = loaded(
      {
        async inspect(view) {
          for await (const _part of view.parts());
          return pass();
        },
      },
      { onError },
    );
    const message = wholeMessage(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(2100)}`,
    );
    const verdict = await verdictOf(walking, message);
    assert.ok(verdict.kind === 'block');
    assert.equal(verdict.finding, 'too-complex');
  });
}

test('without plugins an oversized header is no concern of ours', async () => {
  const message = wholeMessage('x'.repeat(1_100_000));
  assert.deepEqual(await inspect(message, services([]), noSignal), []);
});

test('an inspector that learns its verdict from the cache is not left running', async () => {
  const known = scanner();
  const verdicts: Cache<Verdict> = new Map();
  const content = 'a'.repeat(100_000);
  await inspect(wholeMessage(content), services([loaded(known.instance)], verdicts), noSignal);
  let view: MessageView | undefined;
  const waiting: PluginInstance = {
    cacheKey: () => 'v1',
    inspect(given) {
      view = given;
      return new Promise(() => {});
    },
  };
  const message = emptyMessage();
  const judged = inspect(message, services([loaded(waiting)], verdicts), noSignal);
  message.spool.write(Buffer.from(content));
  await settled();
  assert.equal(view?.signal.aborted, false);
  message.spool.complete();
  assert.deepEqual((await judged)[0]?.verdict, block('bad'));
  assert.equal(view?.signal.aborted, true);
});

test('identical content that is being judged for another session is judged once', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { state, instance } = scanner();
  const slow: PluginInstance = {
    ...instance,
    async inspect(view) {
      await gate;
      return (await instance.inspect?.(view)) ?? pass();
    },
  };
  const shared = services([loaded(slow)]);
  const judging = [1, 2, 3].map(() => inspect(wholeMessage(letter), shared, noSignal));
  await settled();
  open();
  const verdicts = (await Promise.all(judging)).map(([first]) => first?.verdict);
  assert.deepEqual(verdicts, [state.verdict, state.verdict, state.verdict]);
  assert.equal(state.calls, 1);
  assert.equal(shared.running.size, 0);
});

test('a session whose fellow leaves in the middle of its judgement judges for itself', async () => {
  const { instance } = scanner();
  const gone = new AbortController();
  let calls = 0;
  const plugin = loaded({
    ...instance,
    inspect(view) {
      calls += 1;
      if (calls > 1) return Promise.resolve(flag('own'));
      const { promise, reject } = Promise.withResolvers<Verdict>();
      view.signal.addEventListener('abort', () => reject(view.signal.reason));
      return promise;
    },
  });
  const shared = services([plugin]);
  const first = inspect(wholeMessage(letter), shared, gone.signal);
  await settled();
  const second = inspect(wholeMessage(letter), shared, noSignal);
  await settled();
  gone.abort(new Error('the client is gone'));
  await assert.rejects(first);
  assert.deepEqual((await second)[0]?.verdict, flag('own'));
});

for (const ending of ['fails', 'ends early'] as const) {
  test(`a judgement on a message that is given up counts for nobody, when reading ${ending}`, async () => {
    let calls = 0;
    const plugin = loaded(
      {
        cacheKey: () => 'v1',
        async inspect(view) {
          calls += 1;
          if (calls > 1) return flag('own');
          await gate;
          const reading = view.parts()[Symbol.asyncIterator]().next();
          if (ending === 'fails') await reading;
          else await reading.catch(() => {});
          return pass();
        },
      },
      { onError: 'pass' },
    );
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const verdicts = new Map<string, Verdict>();
    const shared = services([plugin], verdicts);
    const givenUp = wholeMessage(letter);
    const first = inspect(givenUp, shared, noSignal);
    await settled();
    const second = inspect(wholeMessage(letter), shared, noSignal);
    await settled();
    await givenUp.spool[Symbol.asyncDispose]();
    open();
    await assert.rejects(first, { code: 'SPOOL_DISPOSED' });
    assert.deepEqual((await second)[0]?.verdict, flag('own'));
    assert.deepEqual([...verdicts.values()], [flag('own')]);
    assert.equal(shared.running.size, 0);
  });
}

test('a failure is shared as well, so that nobody waits longer than once', async () => {
  let calls = 0;
  const plugin = loaded({
    cacheKey: () => 'v1',
    inspect() {
      calls += 1;
      return new Promise(() => {});
    },
  });
  const shared = services([plugin]);
  const judging = [1, 2, 3].map(() => inspect(wholeMessage(letter), shared, noSignal));
  await shared.clock.advance(1000);
  const verdicts = (await Promise.all(judging)).map(([first]) => first?.verdict.kind);
  assert.deepEqual(verdicts, ['tempfail', 'tempfail', 'tempfail']);
  assert.equal(calls, 1);
  assert.equal(shared.running.size, 0);
});

test('the engine of a verdict names plugin, version and data', async () => {
  const { instance } = scanner({ key: 'engine/7/signatures/9' });
  const [judged] = await inspect(wholeMessage(letter), services([loaded(instance)]), noSignal);
  assert.equal(judged?.engine, 'subject 1 engine/7/signatures/9');
});
