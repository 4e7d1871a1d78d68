import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import {
  type GuardedFace,
  guardMiddleware,
  guardWork,
  pluginRefusal,
} from '../../src/pipeline/guard.ts';
import type { Middleware } from '../../src/plugin-api/context.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { loaded, lost, withCode } from '../helpers/pipeline.ts';

const onErrors = ['defer', 'pass'] as const;
type OnError = (typeof onErrors)[number];

/** What a plugin may write to, until its turn is over. */
interface Notes {
  write(text: string): void;
}

interface Run {
  readonly clock: FakeClock;
  readonly result: Promise<void>;
  /** What was written and not undone. */
  readonly notes: readonly string[];
  readonly downstreamCalls: () => number;
  readonly notesSeenDownstream: () => readonly string[] | undefined;
}

/** One plugin before one last step, both of which note what they do. */
function run(
  middleware: Middleware<Notes>,
  onError: OnError,
  downstream: (clock: FakeClock) => Promise<void> = async () => {},
): Run {
  const clock = new FakeClock();
  const notes: string[] = [];
  let calls = 0;
  let seen: string[] | undefined;
  const face = (): GuardedFace<Notes> => {
    let isOpen = true;
    return {
      context: {
        write(text) {
          if (!isOpen) throw new Error('closed');
          notes.push(text);
        },
      },
      close() {
        isOpen = false;
      },
      undo() {
        notes.length = 0;
      },
    };
  };
  const plugin = loaded({}, { onError });
  const guarded = guardMiddleware(plugin, 'transform', clock, middleware, face);
  const result = guarded({ write() {} }, async () => {
    calls += 1;
    seen = [...notes];
    await downstream(clock);
  });
  result.catch(() => {});
  return { clock, result, notes, downstreamCalls: () => calls, notesSeenDownstream: () => seen };
}

/** Rejects with `code` where failures defer, else passes, with the last step run once either way where it may. */
async function assertFailed(
  { result, downstreamCalls }: Run,
  onError: OnError,
  code: string,
  callsWhenDeferred: 0 | 1,
): Promise<void> {
  if (onError === 'defer') {
    await assert.rejects(result, (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, code);
      assert.equal(error.fault, 'plugin');
      assert.equal(error.responseCode, 'SYS/TEMP');
      assert.equal(error.details['plugin'], 'subject');
      return true;
    });
    assert.equal(downstreamCalls(), callsWhenDeferred);
  } else {
    await result;
    assert.equal(downstreamCalls(), 1);
  }
}

const failingBefore: Readonly<Record<string, Middleware<Notes>>> = {
  'throws at once': (notes) => {
    notes.write('x');
    throw new Error('private');
  },
  rejects: async (notes) => {
    notes.write('x');
    await Promise.reject(new Error('private'));
  },
  'rejects with something that is no error': async () => Promise.reject('private'),
  'throws an error that looks like ours': async () => {
    throw Object.assign(new Error('private'), { code: pluginRefusal, fault: 'upstream' });
  },
};

for (const onError of onErrors) {
  for (const [how, middleware] of Object.entries(failingBefore)) {
    test(`a plugin that ${how} has failed (on_error: ${onError})`, async () => {
      const ran = run(middleware, onError);
      await assertFailed(ran, onError, 'PLUGIN_FAILED', 0);
      if (onError === 'pass') assert.deepEqual(ran.notesSeenDownstream(), []);
    });
  }

  test(`a plugin that forgets next() has failed (on_error: ${onError})`, async () => {
    const ran = run(async (notes) => notes.write('x'), onError);
    await assertFailed(ran, onError, 'PLUGIN_FORGOT_NEXT', 0);
    if (onError === 'pass') assert.deepEqual(ran.notesSeenDownstream(), []);
  });

  test(`a plugin that hangs has failed at its deadline, not before (on_error: ${onError})`, async () => {
    const ran = run(async () => new Promise(() => {}), onError);
    await ran.clock.advance(999);
    assert.equal(ran.downstreamCalls(), 0);
    await ran.clock.advance(1);
    await assertFailed(ran, onError, 'PLUGIN_TIMEOUT', 0);
    assert.equal(ran.clock.timers, 0);
  });

  test(`a plugin that hangs after next() has failed (on_error: ${onError})`, async () => {
    const ran = run(async (_notes, next) => {
      await next();
      await new Promise(() => {});
    }, onError);
    await ran.clock.advance(1000);
    await assertFailed(ran, onError, 'PLUGIN_TIMEOUT', 1);
    assert.equal(ran.clock.timers, 0);
  });

  test(`a plugin that does not wait for next() has failed (on_error: ${onError})`, async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let isDone = false;
    const ran = run(
      async (_notes, next) => {
        void next();
      },
      onError,
      async () => {
        await gate;
        isDone = true;
      },
    );
    let isSettled = false;
    const seen = ran.result.finally(() => {
      isSettled = true;
    });
    seen.catch(() => {});
    await settled();
    assert.equal(isSettled, false, 'the last step is still running');
    open();
    await assertFailed(ran, onError, 'PLUGIN_NEXT_NOT_AWAITED', 1);
    assert.equal(isDone, true);
  });

  test(`not waiting is a failure even where the last step is quick (on_error: ${onError})`, async () => {
    const ran = run(async (_notes, next) => {
      void next();
      await settled();
    }, onError);
    await assertFailed(ran, onError, 'PLUGIN_NEXT_NOT_AWAITED', 1);
  });

  test(`calling next() twice is a failure and runs the last step once (on_error: ${onError})`, async () => {
    const ran = run(async (_notes, next) => {
      await next();
      await next();
    }, onError);
    await assertFailed(ran, onError, 'PLUGIN_FAILED', 1);
  });

  test(`a plugin that throws after next() has failed (on_error: ${onError})`, async () => {
    const ran = run(async (_notes, next) => {
      await next();
      throw new Error('late');
    }, onError);
    await assertFailed(ran, onError, 'PLUGIN_FAILED', 1);
  });

  test(`a plugin that throws while the last step runs does not cut it short (on_error: ${onError})`, async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const ran = run(
      async (_notes, next) => {
        void next();
        throw new Error('early');
      },
      onError,
      () => gate,
    );
    await settled();
    open();
    await assertFailed(ran, onError, 'PLUGIN_FAILED', 1);
  });

  for (const [how, middleware] of Object.entries<Middleware<Notes>>({
    'passes it on': async (_notes, next) => next(),
    'swallows it': async (_notes, next) => {
      await next().catch(() => {});
    },
    'throws another in its place': async (_notes, next) => {
      await next().catch(() => {
        throw new Error('replaced');
      });
    },
  })) {
    test(`a failure behind a plugin stays as it is when the plugin ${how} (on_error: ${onError})`, async () => {
      const ran = run(middleware, onError, async () => {
        throw lost();
      });
      await assert.rejects(ran.result, withCode('UPSTREAM_LOST'));
      assert.equal(ran.downstreamCalls(), 1);
    });
  }

  test(`a failure behind a plugin that does not wait is not lost (on_error: ${onError})`, async () => {
    const ran = run(
      async (_notes, next) => {
        void next();
      },
      onError,
      async () => {
        await settled();
        throw lost();
      },
    );
    await assert.rejects(
      ran.result,
      withCode(onError === 'defer' ? 'PLUGIN_NEXT_NOT_AWAITED' : 'UPSTREAM_LOST'),
    );
  });

  test(`after its deadline a plugin can neither write nor go on (on_error: ${onError})`, async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const late: unknown[] = [];
    const ran = run(async (notes, next) => {
      notes.write('in time');
      await gate;
      try {
        notes.write('late');
      } catch (error) {
        late.push(error);
      }
      await next().catch((error: unknown) => late.push(error));
    }, onError);
    await ran.clock.advance(1000);
    open();
    await assertFailed(ran, onError, 'PLUGIN_TIMEOUT', 0);
    await settled();
    assert.equal(late.length, 2);
    assert.deepEqual(ran.notes, onError === 'pass' ? [] : ['in time']);
    assert.equal(ran.downstreamCalls(), onError === 'pass' ? 1 : 0);
  });

  test(`what a plugin wrote before next() stays when it fails later (on_error: ${onError})`, async () => {
    const ran = run(async (notes, next) => {
      notes.write('x');
      await next();
      throw new Error('late');
    }, onError);
    await ran.result.catch(() => {});
    assert.deepEqual(ran.notesSeenDownstream(), ['x']);
    assert.deepEqual(ran.notes, ['x']);
  });

  const refusal = new AppError(pluginRefusal, { fault: 'plugin', publicText: 'not for you' });

  test(`a refusal is no failure: it is never passed over (on_error: ${onError})`, async () => {
    const before = run(async () => {
      throw refusal;
    }, onError);
    await assert.rejects(before.result, (error) => error === refusal);
    assert.equal(before.downstreamCalls(), 0);
    const behind = run(async (_notes, next) => {
      await next();
      throw refusal;
    }, onError);
    await assert.rejects(behind.result, (error) => error === refusal);
  });

  test(`a refusal waits for the end of what was begun (on_error: ${onError})`, async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let isDone = false;
    const ran = run(
      async (_notes, next) => {
        void next();
        throw refusal;
      },
      onError,
      async () => {
        await gate;
        isDone = true;
      },
    );
    const checked = assert.rejects(ran.result, (error) => {
      assert.equal(error, refusal);
      assert.equal(isDone, true);
      return true;
    });
    await settled();
    open();
    await checked;
  });
}

test('a plugin that does its work and waits passes', async () => {
  const ran = run(async (notes, next) => {
    notes.write('before');
    await next();
    notes.write('after');
  }, 'defer');
  await ran.result;
  assert.deepEqual(ran.notes, ['before', 'after']);
  assert.deepEqual(ran.notesSeenDownstream(), ['before']);
  assert.equal(ran.clock.timers, 0);
});

test('returning next() is waiting for it, in a plain function too', async () => {
  const ran = run(
    (_notes, next) => next(),
    'defer',
    () => settled(),
  );
  await ran.result;
  assert.equal(ran.downstreamCalls(), 1);
});

test('time spent behind a plugin does not count against it, its own time on both sides does', async () => {
  const clocks: FakeClock[] = [];
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => clocks[0]?.after(ms, resolve));
  const ran = run(
    async (_notes, next) => {
      await settled();
      await pause(600);
      await next();
      await pause(600);
    },
    'defer',
    (clock) => new Promise((resolve) => clock.after(60_000, resolve)),
  );
  clocks.push(ran.clock);
  await settled();
  await settled();
  await ran.clock.advance(600);
  assert.equal(ran.downstreamCalls(), 1);
  await ran.clock.advance(60_000);
  await ran.clock.advance(399);
  assert.equal(ran.clock.timers, 2);
  await ran.clock.advance(1);
  await assert.rejects(ran.result, withCode('PLUGIN_TIMEOUT'));
});

test('guarded work rejects with the failure, the timeout, or what happened to the message', async () => {
  const clock = new FakeClock();
  const plugin = loaded({});
  const work = (action: () => Promise<unknown>, signal?: AbortSignal): Promise<unknown> =>
    guardWork(plugin, 'inspect', clock, signal, action);
  assert.equal(await work(async () => 7), 7);
  await assert.rejects(
    work(() => {
      throw new Error('sync');
    }),
    withCode('PLUGIN_FAILED'),
  );
  await assert.rejects(
    work(async () => Promise.reject(lost())),
    withCode('UPSTREAM_LOST'),
  );
  const gone = new AppError('CLIENT_GONE', { fault: 'client', publicText: 'gone' });
  const controller = new AbortController();
  const aborted = assert.rejects(
    work(async () => new Promise(() => {}), controller.signal),
    (error) => error === gone,
  );
  controller.abort(gone);
  await aborted;
  const late = assert.rejects(
    work(async () => new Promise(() => {})),
    withCode('PLUGIN_TIMEOUT'),
  );
  await clock.advance(1000);
  await late;
  assert.equal(clock.timers, 0);
});

test('work that nobody waits for any longer is not begun', async () => {
  const gone = new AppError('CLIENT_GONE', { fault: 'client', publicText: 'gone' });
  let isBegun = false;
  const result = guardWork(loaded({}), 'inspect', new FakeClock(), AbortSignal.abort(gone), () => {
    isBegun = true;
    return Promise.resolve();
  });
  await assert.rejects(result, (error) => error === gone);
  assert.equal(isBegun, false);
});

test('guarded work leaves nothing behind, however it ends', async () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  await guardWork(loaded({}), 'observe', clock, signal, async () => {});
  await assert.rejects(
    guardWork(loaded({}), 'observe', clock, signal, () => Promise.reject(new Error('x'))),
  );
  assert.equal(clock.timers, 0);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});
