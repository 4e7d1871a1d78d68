// Owns what happens when a plugin fails: throws, takes too long, forgets `await next()`. None of it
// ever means "pass" unless the configuration says on_error: pass.
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Middleware } from '../plugin-api/context.ts';
import { Patience } from './patience.ts';
import type { LoadedPlugin } from './plugin.ts';

/** Where in the life of a session a plugin is asked. */
export type Point =
  | 'admit'
  | 'session'
  | 'command'
  | 'login'
  | 'inspect'
  | 'learn'
  | 'transform'
  | 'observe'
  | 'dispose';

/** A refusal that a plugin meant, not a failure of it. */
export const pluginRefusal = 'PLUGIN_REFUSED';

/** A failure of a plugin, as everybody is told of it. */
export function pluginError(
  code: string,
  plugin: LoadedPlugin,
  point: Point,
  cause?: unknown,
): AppError {
  return new AppError(code, {
    fault: 'plugin',
    publicText: 'a filter failed, try again later',
    details: { plugin: plugin.name, point },
    cause,
  });
}

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && error.code === pluginRefusal;
}

/** Errors that a plugin got from the message it was reading are not its own. */
function isOfMessage(error: unknown): boolean {
  return error instanceof AppError && error.fault === 'upstream';
}

/** Runs one piece of a plugin's work. Rejects with PLUGIN_FAILED, PLUGIN_TIMEOUT, or its own refusal. */
export async function guardWork<T>(
  plugin: LoadedPlugin,
  point: Point,
  clock: Clock,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const patience = new Patience(clock, plugin.policy.timeoutMs, () =>
    pluginError('PLUGIN_TIMEOUT', plugin, point),
  );
  const onAbort = (): void => patience.giveUp(signal?.reason);
  patience.start();
  signal?.addEventListener('abort', onAbort);
  try {
    return await patience.waitFor(work());
  } catch (error) {
    if (patience.isExpiry(error) || isRefusal(error) || isOfMessage(error)) throw error;
    if (signal?.aborted) throw error;
    throw pluginError('PLUGIN_FAILED', plugin, point, error);
  } finally {
    patience.stop();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** What a middleware is given: a face of the context that can be closed and whose edits can be undone. */
export interface GuardedFace<F> {
  readonly context: F;
  /** After this, a plugin that runs on in spite of its deadline changes nothing any more. */
  close(): void;
  undo(): void;
  /** Has anything changed since this face was made? Only for contexts that can be changed. */
  isChanged?(): boolean;
}

/**
 * One plugin as koa middleware. Its deadline counts its own time, not that of the plugins behind
 * it; a failure of those is passed on as it is, even when this plugin swallowed it.
 */
export function guardMiddleware<C, F>(
  plugin: LoadedPlugin,
  point: Point,
  clock: Clock,
  middleware: Middleware<F>,
  faceOf: (context: C) => GuardedFace<F>,
): Middleware<C> {
  return async (context, next) => {
    const face = faceOf(context);
    const patience = new Patience(clock, plugin.policy.timeoutMs, () =>
      pluginError('PLUGIN_TIMEOUT', plugin, point),
    );
    const run = new MiddlewareRun(patience, next);
    let failure: AppError | undefined;
    try {
      await run.waitFor(async () => middleware(face.context, () => run.next()));
      if (run.downstream === undefined) failure = pluginError('PLUGIN_FORGOT_NEXT', plugin, point);
      else if (!run.isAwaited) failure = pluginError('PLUGIN_NEXT_NOT_AWAITED', plugin, point);
    } catch (error) {
      const isMeant = isRefusal(error) || patience.isExpiry(error);
      failure = isMeant ? error : pluginError('PLUGIN_FAILED', plugin, point, error);
    } finally {
      run.end();
      face.close();
    }
    const isRefused = isRefusal(failure) && !plugin.policy.isShadow;
    if (run.downstreamError !== undefined && !isRefused) throw run.downstreamError.error;
    if (failure === undefined) return;
    if (isRefused || (plugin.policy.onError === 'defer' && !plugin.policy.isShadow)) {
      // A login that was refused must not go on behind the refusal.
      await run.downstream?.catch(() => {});
      throw failure;
    }
    const { isShadow } = plugin.policy;
    plugin.log.warn(
      { err: failure, point, shadow: isShadow },
      'plugin failed or refused and is passed over, as configured',
    );
    if (run.downstream === undefined) {
      face.undo();
      await next();
    } else {
      await run.downstream;
    }
  };
}

/** One call of one middleware: its time, and what became of `next()`. */
class MiddlewareRun {
  readonly #patience: Patience;
  readonly #next: () => Promise<void>;
  #isOver = false;
  downstream: Promise<void> | undefined;
  #isSettled = false;
  #given: NextPromise | undefined;
  downstreamError: { readonly error: unknown } | undefined;

  constructor(patience: Patience, next: () => Promise<void>) {
    this.#patience = patience;
    this.#next = next;
  }

  waitFor(work: () => Promise<void>): Promise<void> {
    this.#patience.start();
    return this.#patience.waitFor(work());
  }

  /** True when the plugin waited for `next()` and it has come back. */
  get isAwaited(): boolean {
    return this.#isSettled && this.#given?.isObserved === true;
  }

  next(): Promise<void> {
    const given = new NextPromise((resolve, reject) => {
      this.#runNext().then(resolve, reject);
    });
    this.#given ??= given;
    return given;
  }

  async #runNext(): Promise<void> {
    if (this.#isOver) throw new Error('next() called after the plugin was given up');
    if (this.downstream !== undefined) throw new Error('next() called multiple times');
    this.#patience.stop();
    const downstream = this.#next();
    this.downstream = downstream;
    try {
      await downstream;
    } catch (error) {
      this.downstreamError = { error };
      throw error;
    } finally {
      this.#isSettled = true;
      if (!this.#isOver) this.#patience.start();
    }
  }

  end(): void {
    this.#isOver = true;
    this.#patience.stop();
  }
}

/** What `next()` gives to a plugin: a promise that knows whether anyone waits for it. */
class NextPromise extends Promise<void> {
  isObserved = false;

  /** Promises derived from this one are plain. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  constructor(executor: ConstructorParameters<typeof Promise<void>>[0]) {
    super(executor);
    // A plugin that does not wait must not bring the process down by an unhandled rejection.
    super.then(undefined, () => {});
  }

  // biome-ignore lint/suspicious/noThenProperty: noticing the call of `then` is what this class is for
  override then<A = void, B = never>(
    // biome-ignore lint/suspicious/noConfusingVoidType: this is how Promise<void> declares it
    onFulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isObserved = true;
    return super.then(onFulfilled, onRejected);
  }
}
