// Owns the shape of a plugin. It runs nothing.
import type { z } from 'zod';
import type { Logger } from '../base/log.ts';
import type {
  AdmitContext,
  LoginContext,
  MessageView,
  Middleware,
  Observation,
  TransformContext,
} from './context.ts';
import type { Verdict } from './verdict.ts';

/** What the host gives a plugin at set-up. */
export interface PluginServices {
  readonly log: Logger;
  /** A path from the options, relative to the folder of the configuration file. */
  resolvePath(path: string): string;
}

/** A plugin that has been set up. All points are optional; state lives in this instance only. */
export interface PluginInstance {
  /** Whether and how a client may log in. */
  admit?: Middleware<AdmitContext>;
  /** Around the login towards the upstream. */
  login?: Middleware<LoginContext>;
  /** Looks at a message while it arrives, side by side with other inspectors; must not change it. */
  inspect?(message: MessageView): Promise<Verdict>;
  /** Changes the header of a judged message; strictly in the order of the configuration. */
  transform?: Middleware<TransformContext>;
  /** Records what happened. */
  observe?(observation: Observation): Promise<void>;
  /**
   * Engine and data version that verdicts of `inspect` depend on, besides content and options.
   * With it, a verdict on the same content is reused; undefined means "do not reuse now".
   */
  cacheKey?(): string | undefined;
  /** Frees what `setup` took. Called once, also when a later plugin failed to set up. */
  dispose?(): Promise<void>;
}

export interface PluginDefinition<Options = unknown> {
  /** Same as the folder: `header-rewrite`. */
  readonly name: string;
  /** zod schema of the options; without it the plugin takes none. */
  readonly options?: z.ZodType<Options>;
  setup(options: Options, services: PluginServices): PluginInstance | Promise<PluginInstance>;
}

/** Identity; gives the types to an author's editor. */
export function definePlugin<Options>(
  definition: PluginDefinition<Options>,
): PluginDefinition<Options> {
  return definition;
}
