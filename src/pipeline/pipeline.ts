// Owns the plugins of a running proxy and what they make of each message.
import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { toAppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { SpamConfig } from '../config/schema.ts';
import type { Lesson, LessonResult, SenderWish } from '../plugin-api/lesson.ts';
import type {
  Action,
  NamedVerdict,
  Observation,
  SpamAssessment,
} from '../plugin-api/observation.ts';
import type { NewPart, TransformContext } from '../plugin-api/transform.ts';
import type { Verdict } from '../plugin-api/verdict.ts';
import type { Cache } from '../stores/store.ts';
import { Access } from './access.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import { type Chain, composeChain } from './chain.ts';
import { guardWork, pluginError } from './guard.ts';
import { inspect } from './inspect.ts';
import { heedSender, learn } from './learn.ts';
import { MessageEdits } from './message-edits.ts';
import { removeForgedFields } from './own-fields.ts';
import type { LoadedPlugin } from './plugin.ts';
import { compilePolicy, type Decision, decide, type Place } from './policy.ts';
import { nameFindings } from './render.ts';
import { markSpam } from './spam-fields.ts';
import { compileSpamPolicy, type SpamPolicy } from './spam-policy.ts';
import { stripParts } from './strip.ts';
import { type TransformState, transformFace } from './transform-face.ts';

export interface PipelineServices {
  readonly clock: Clock;
  readonly log: Logger;
  readonly verdicts: Cache<Verdict>;
  readonly spam: SpamConfig;
}

export interface Judgement {
  readonly verdicts: readonly NamedVerdict[];
  readonly decision: Decision;
  /** Undefined when no engine gave a score. */
  readonly spam: SpamAssessment | undefined;
}

export class Pipeline implements AsyncDisposable {
  readonly #plugins: readonly LoadedPlugin[];
  readonly #services: PipelineServices;
  readonly #policies: ReadonlyMap<string, (verdict: Verdict, place: Place) => Action>;
  readonly #spam: SpamPolicy;
  readonly #running = new Map<string, Promise<Verdict | undefined>>();
  /** The points around sessions. */
  readonly access: Access;
  readonly #transform: Chain<TransformState>;
  readonly #observers: readonly LoadedPlugin[];

  constructor(plugins: readonly LoadedPlugin[], services: PipelineServices) {
    const { clock } = services;
    this.#plugins = plugins;
    this.#services = services;
    this.#policies = new Map(
      plugins.map(({ name, policy }) => [name, compilePolicy(policy)] as const),
    );
    this.#spam = compileSpamPolicy(services.spam);
    this.access = new Access(plugins, clock);
    this.#transform = composeChain<TransformState, TransformContext>(
      plugins,
      'transform',
      clock,
      ({ instance }) => instance.transform?.bind(instance),
      transformFace,
    );
    this.#observers = plugins.filter((plugin) => plugin.instance.observe !== undefined);
  }

  /** For the chain that comes after this one. */
  get plugins(): readonly LoadedPlugin[] {
    return this.#plugins;
  }

  /** Without plugins, messages are passed on without looking at them. */
  get isEmpty(): boolean {
    return this.#plugins.length === 0;
  }

  /** All plugins are in shadow: messages are looked at and passed on as they are. */
  get isIdle(): boolean {
    return this.#counting.length === 0;
  }

  /** Some policy can hide a message: without one, what was hidden is shown again. */
  get mayHide(): boolean {
    if (this.#givesScores && this.#spam.actions.includes('hide')) return true;
    return this.#counting.some(({ policy }) => actionsOf(policy).includes('hide'));
  }

  /** Some plugin may add to the header of a message that it lets pass. */
  get editsHeaders(): boolean {
    if (this.#givesScores) return true;
    return this.#counting.some(
      ({ instance, policy }) =>
        instance.transform !== undefined || (instance.inspect !== undefined && mayTag(policy)),
    );
  }

  /** Changes with the plugins that count and their options. */
  get fingerprint(): string {
    const plugins = this.#counting.map(({ name, fingerprint }) => `${name}:${fingerprint}`);
    if (this.#givesScores) plugins.push(`spam:${JSON.stringify(this.#services.spam)}`);
    return plugins.join(' ');
  }

  get #givesScores(): boolean {
    return this.#counting.some(({ instance }) => instance.givesScores === true);
  }

  /** Those that are not in shadow. */
  get #counting(): LoadedPlugin[] {
    return this.#plugins.filter(({ policy }) => !policy.isShadow);
  }

  /** Judges a message while it arrives. Rejects only when the message itself fails. */
  async judge(message: ArrivingMessage, signal: AbortSignal): Promise<Judgement> {
    const { clock, verdicts: cache } = this.#services;
    const services = { plugins: this.#plugins, clock, verdicts: cache, running: this.#running };
    const judged = await inspect(message, services, signal);
    const place = placeOf(message);
    const verdicts = judged.map((each): NamedVerdict => {
      // Without a policy it is a finding of our own, which no configuration waves through.
      const action =
        this.#policies.get(each.plugin)?.(each.verdict, place) ??
        (each.verdict.kind === 'pass' ? 'pass' : 'replace');
      return { ...each, action, isShadow: this.#isShadow(each.plugin) };
    });
    const spam = this.#spam.assess(verdicts);
    const combined = spam && this.#spam.verdictOn(spam, place);
    if (combined !== undefined) verdicts.push(combined);
    return { verdicts, decision: decide(verdicts), spam };
  }

  #isShadow(name: string): boolean {
    return this.#plugins.some((plugin) => plugin.name === name && plugin.policy.isShadow);
  }

  /** Some plugin can learn. */
  get isTeachable(): boolean {
    return this.#plugins.some(({ instance }) => instance.learn !== undefined);
  }

  /** Gives a lesson to all plugins that can learn; what each made of it, in their order. */
  learn(
    message: ArrivingMessage,
    lesson: Omit<Lesson, 'message'>,
    signal: AbortSignal,
  ): Promise<LessonResult[]> {
    const services = { plugins: this.#plugins, clock: this.#services.clock };
    return learn(message, lesson, services, signal);
  }

  /** Some plugin keeps a list of senders. */
  get heedsSenders(): boolean {
    return this.#plugins.some(({ instance }) => instance.heedSender !== undefined);
  }

  /** Tells all plugins that keep lists of senders; what each made of it, in their order. */
  heedSender(
    message: ArrivingMessage,
    wish: Omit<SenderWish, 'message'>,
    signal: AbortSignal,
  ): Promise<LessonResult[]> {
    const services = { plugins: this.#plugins, clock: this.#services.clock };
    return heedSender(message, wish, services, signal);
  }

  /**
   * The edits of all plugins to a message that is to be delivered; before them, `noteFor` gives what
   * takes the place of parts that the decision strips.
   */
  async transform(
    message: ArrivingMessage,
    judgement: Judgement,
    signal: AbortSignal,
    noteFor: (path: string) => NewPart = plainNote,
  ): Promise<MessageEdits> {
    const edits = new MessageEdits(message.spool, await message.header(), message.content);
    if (this.isEmpty) return edits;
    const { decision, spam } = judgement;
    const verdicts = judgement.verdicts.filter(({ isShadow }) => !isShadow);
    const { header, body } = edits;
    // Plugins in shadow make a message no more ours than it was.
    if (!this.isIdle) removeForgedFields(header);
    if (decision.action === 'tag' || decision.action === 'strip') {
      nameFindings(header, decision.findings);
    }
    if (spam !== undefined) markSpam(header, spam, this.#services.spam);
    if (decision.action === 'strip') await stripParts(body, decision.paths, noteFor);
    await this.#transform({ message, signal, verdicts, spam, edits }, async () => {});
    return edits;
  }

  /**
   * Tells all recorders, in order. `before` an act, the failure of a recorder that must not fail
   * rejects and so prevents the act; `after` it, a failure can only be logged.
   */
  async observe(observation: Observation, when: 'before' | 'after'): Promise<void> {
    for (const plugin of this.#observers) {
      try {
        await guardWork(plugin, 'observe', this.#services.clock, undefined, async () =>
          plugin.instance.observe?.(observation),
        );
      } catch (error) {
        const fields = { err: error, observation: observation.kind };
        const { onError, isShadow } = plugin.policy;
        if (onError === 'defer' && !isShadow && when === 'before') throw error;
        plugin.log.error(fields, 'recorder failed');
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const plugin of this.#plugins.toReversed()) {
      try {
        await withDeadline(
          this.#services.clock,
          plugin.policy.timeoutMs,
          undefined,
          () => plugin.running.release(),
          () => pluginError('PLUGIN_TIMEOUT', plugin, 'dispose'),
        );
      } catch (error) {
        this.#services.log.warn(
          { plugin: plugin.name, err: toAppError(error) },
          'plugin could not be disposed',
        );
      }
    }
  }
}

const plainNote = (): NewPart => ({ contentType: 'text/plain', content: 'removed\r\n' });

function mayTag(policy: LoadedPlugin['policy']): boolean {
  return actionsOf(policy).some((action) => action === 'tag' || action === 'strip');
}

function actionsOf({ onBlock, onFlag, onTempfail, rules }: LoadedPlugin['policy']): Action[] {
  return [onBlock, onFlag, onTempfail, ...rules.map(({ action }) => action)];
}

function placeOf({ facts: { session, account } }: ArrivingMessage): Place {
  return {
    listener: session.client.listener,
    route: account.route,
    user: account.user,
    clientAddress: session.client.address,
  };
}
