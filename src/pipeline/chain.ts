// Owns the order of the plugins: koa-compose over guarded middleware.

import compose from 'koa-compose';
import type { Clock } from '../base/clock.ts';
import type { Middleware } from '../plugin-api/context.ts';
import { type GuardedFace, guardMiddleware, type Point } from './guard.ts';
import type { LoadedPlugin } from './plugin.ts';

/** One point of the chain; runs `last` when every plugin has called `next()`. */
export type Chain<C> = (context: C, last: () => Promise<void>) => Promise<void>;

/** What one plugin is shown of the context. */
export type FaceOf<C, F> = (context: C, plugin: LoadedPlugin) => GuardedFace<F>;

/**
 * Composes the plugins that take part in `point`, in the order of the configuration. The chain
 * carries a `C`; each plugin is given its own face `F` of it.
 */
export function composeChain<C, F = C>(
  plugins: readonly LoadedPlugin[],
  point: Exclude<Point, 'inspect' | 'observe' | 'dispose'>,
  clock: Clock,
  pick: (plugin: LoadedPlugin) => Middleware<F> | undefined,
  faceOf: FaceOf<C, F>,
): Chain<C> {
  const guarded = plugins.flatMap((plugin) => {
    const middleware = pick(plugin);
    if (middleware === undefined) return [];
    const face = (context: C): GuardedFace<F> => faceOf(context, plugin);
    const one = guardMiddleware(plugin, point, clock, middleware, face);
    return [plugin.policy.isShadow && point === 'transform' ? tried(one, face, plugin) : one];
  });
  const composed = compose(guarded);
  return async (context, last) => {
    let isReached = false;
    await composed(context, async () => {
      isReached = true;
      await last();
    });
    // Every guard sees to this for its own plugin; should one not, the message must not pass.
    if (!isReached) throw new Error(`the chain of ${point} ended before its last step`);
  };
}

/** Runs a plugin to its end by itself and takes back all it did, before the chain goes on. */
function tried<C, F>(
  middleware: Middleware<C>,
  faceOf: (context: C) => GuardedFace<F>,
  { log }: LoadedPlugin,
): Middleware<C> {
  return async (context, next) => {
    const before = faceOf(context);
    await middleware(context, async () => {});
    log.info({ edits: before.isChanged?.() ?? false }, 'plugin in shadow: its edits are not made');
    before.undo();
    before.close();
    await next();
  };
}

/** For contexts that a plugin cannot change. */
export function plainFace<C>(context: C): GuardedFace<C> {
  return { context, close() {}, undo() {} };
}
