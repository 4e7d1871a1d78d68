// Owns the shape of a plugin. It runs nothing.
import type { z } from 'zod';
import type {
  AdmitContext,
  CommandContext,
  LoginContext,
  Middleware,
  SessionContext,
} from './context.ts';
import type { CheckServices, Diagnosis } from './diagnosis.ts';
import type { Knowledge } from './knowledge.ts';
import type { Lesson, LessonOutcome, SenderWish } from './lesson.ts';
import type { MessageView } from './message-view.ts';
import type { Observation } from './observation.ts';
import type { SenderBook } from './sender-book.ts';
import type { CentralPart, CentralServices, PluginServices } from './services.ts';
import type { PluginTool } from './tool.ts';
import type { TransformContext } from './transform.ts';
import type { Verdict } from './verdict.ts';

/** A plugin that has been set up. All points are optional; state lives in this instance only. */
export interface PluginInstance {
  /** Whether and how a client may log in. */
  admit?: Middleware<AdmitContext>;
  /** Around a whole session. */
  session?: Middleware<SessionContext>;
  /** Around one command. */
  command?: Middleware<CommandContext>;
  /** Around the login towards the upstream. */
  login?: Middleware<LoginContext>;
  /** Looks at a message while it arrives, side by side with other inspectors; must not change it. */
  inspect?(message: MessageView): Promise<Verdict>;
  /** `inspect` may return a score. Where any plugin does, the result stands in a header field. */
  readonly givesScores?: true;
  /** Takes in what is spam and what is not; rejects when it could not. */
  learn?(lesson: Lesson): Promise<LessonOutcome>;
  /** What `learn` has brought, where it can be shown and moved. */
  readonly knowledge?: Knowledge;
  /** Keeps a list of senders; rejects when it could not. A wish says nothing of what the message is. */
  heedSender?(wish: SenderWish): Promise<LessonOutcome>;
  /** The senders that it remembers, for commands that manage them; only of one that `learns`. */
  readonly senderBook?: SenderBook;
  /** Changes a judged message; strictly in the order of the configuration. */
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
  /** Of the plugin itself; stands in the audit trail beside what it judged. */
  readonly version?: string;
  /** zod schema of the options; without it the plugin takes none. */
  readonly options?: z.ZodType<Options>;
  /**
   * Sets up what must not exist in every process that serves; before `setup`, once for all of them.
   * Most plugins have no such part.
   */
  central?(options: Options, services: CentralServices): CentralPart | Promise<CentralPart>;
  /** Has `learn`: commands that teach set it up beside a proxy that runs, and no plugin without it. */
  readonly learns?: true;
  /**
   * A word that changes with what `setup` reads besides the options: a digest of files. When the
   * configuration is taken up anew, an instance goes on only as long as its word is the same.
   */
  inputs?(options: Options, services: Pick<PluginServices, 'resolvePath'>): Promise<string>;
  setup(options: Options, services: PluginServices): PluginInstance | Promise<PluginInstance>;
  /**
   * For `postern doctor`: whether what the plugin depends on is there and well, one diagnosis for each
   * thing, as soon as it is known. Called without `setup`; what it throws counts as a failure.
   */
  check?(options: Options, services: CheckServices): AsyncIterable<Diagnosis>;
  /** What it offers on the command line, by name; a command of Postern leads there. */
  readonly tools?: Readonly<Record<string, PluginTool<Options>>>;
}

/** Identity; gives the types to an author's editor. */
export function definePlugin<Options>(
  definition: PluginDefinition<Options>,
): PluginDefinition<Options> {
  return definition;
}
