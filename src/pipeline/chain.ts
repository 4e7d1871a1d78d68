// Owns the order of the plugins: koa-compose over guarded middleware.

import compose from 'koa-compose';
import type { Clock } from '../base/clock.ts';
import type { Middleware } from '../plugin-api/context.ts';
import { type GuardedFace, guardMiddleware } from './guard.ts';
import type { LoadedPlugin } from './plugin.ts';

/** One point of the chain; runs `last` when every plugin has called `next()`. */
export type Chain<C> = (context: C, last: () => Promise<void>) => Promise<void>;

/**
 * Composes the plugins that take part in `point`, in the order of the configuration. The chain
 * carries a `C`; each plugin is given its own face `F` of it.
 */
export function composeChain<C, F = C>(
  plugins: readonly LoadedPlugin[],
  point: 'admit' | 'login' | 'transform',
  clock: Clock,
  pick: (plugin: LoadedPlugin) => Middleware<F> | undefined,
  faceOf: (context: C) => GuardedFace<F>,
): Chain<C> {
  const guarded = plugins.flatMap((plugin) => {
    const middleware = pick(plugin);
    return middleware === undefined
      ? []
      : [guardMiddleware(plugin, point, clock, middleware, faceOf)];
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

/** For contexts that a plugin cannot change. */
export function plainFace<C>(context: C): GuardedFace<C> {
  return { context, close() {}, undo() {} };
}
