// Owns the plugins of a running proxy and the five points at which they are asked.
import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { HeaderEdits } from '../message/header-block.ts';
import type {
  AdmitContext,
  LoginContext,
  NamedVerdict,
  Observation,
  SessionFacts,
  TransformContext,
} from '../plugin-api/context.ts';
import type { Verdict } from '../plugin-api/verdict.ts';
import type { Cache } from '../stores/store.ts';
import type { ArrivingMessage } from './arriving-message.ts';
import { type Chain, composeChain, plainFace } from './chain.ts';
import { guardWork, pluginRefusal } from './guard.ts';
import { inspect } from './inspect.ts';
import type { LoadedPlugin } from './plugin.ts';
import { type Decision, decide } from './policy.ts';
import { nameFindings, removeForgedFields } from './render.ts';
import { type TransformState, transformFace } from './transform-face.ts';

export interface PipelineServices {
  readonly clock: Clock;
  readonly log: Logger;
  readonly verdicts: Cache<Verdict>;
}

/** What became of a client that wants in. */
export type AdmitResult =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'loginDenied'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string };

export interface Judgement {
  readonly verdicts: readonly NamedVerdict[];
  readonly decision: Decision;
}

/** The part of a login context that comes from the proxy. */
export type LoginFacts = Omit<LoginContext, 'refusal'>;

export class Pipeline implements AsyncDisposable {
  readonly #plugins: readonly LoadedPlugin[];
  readonly #services: PipelineServices;
  readonly #admit: Chain<AdmitContext>;
  readonly #login: Chain<LoginContext>;
  readonly #transform: Chain<TransformState>;
  readonly #observers: readonly LoadedPlugin[];

  constructor(plugins: readonly LoadedPlugin[], services: PipelineServices) {
    const { clock } = services;
    this.#plugins = plugins;
    this.#services = services;
    this.#admit = composeChain<AdmitContext>(
      plugins,
      'admit',
      clock,
      ({ instance }) => instance.admit?.bind(instance),
      plainFace,
    );
    this.#login = composeChain<LoginContext>(
      plugins,
      'login',
      clock,
      ({ instance }) => instance.login?.bind(instance),
      plainFace,
    );
    this.#transform = composeChain<TransformState, TransformContext>(
      plugins,
      'transform',
      clock,
      ({ instance }) => instance.transform?.bind(instance),
      transformFace,
    );
    this.#observers = plugins.filter((plugin) => plugin.instance.observe !== undefined);
  }

  /** Without plugins, messages are passed on without looking at them. */
  get isEmpty(): boolean {
    return this.#plugins.length === 0;
  }

  /** Some plugin may add to the header of a message that it lets pass. */
  get editsHeaders(): boolean {
    return this.#plugins.some(
      ({ instance, policy }) =>
        instance.transform !== undefined ||
        (instance.inspect !== undefined && policy.onBlock === 'tag'),
    );
  }

  /** Changes with the plugins and their options. */
  get fingerprint(): string {
    return this.#plugins.map(({ name, fingerprint }) => `${name}:${fingerprint}`).join(' ');
  }

  /** May this client log in over its connection as it is now? Rejects when a plugin fails. */
  async admit(session: SessionFacts): Promise<AdmitResult> {
    let result: AdmitResult = { kind: 'admitted' };
    const context: AdmitContext = {
      session,
      denyLogin(text) {
        if (result.kind === 'admitted') result = { kind: 'loginDenied', text };
      },
      refuse(text) {
        result = { kind: 'refused', text };
      },
    };
    await this.#admit(context, async () => {});
    return result;
  }

  /** Runs `connect` inside the login chain. */
  async logIn(facts: LoginFacts, connect: () => Promise<void>): Promise<void> {
    const context: LoginContext = {
      session: facts.session,
      user: facts.user,
      // A getter: what was negotiated is known only once the last step has run.
      get upstream() {
        return facts.upstream;
      },
      requireUpstreamTls: (minVersion) => facts.requireUpstreamTls(minVersion),
      refusal: (text) =>
        new AppError(pluginRefusal, {
          fault: 'plugin',
          publicText: text,
          responseCode: 'SYS/PERM',
        }),
    };
    await this.#login(context, connect);
  }

  /** Judges a message while it arrives. Rejects only when the message itself fails. */
  async judge(message: ArrivingMessage, signal: AbortSignal): Promise<Judgement> {
    const { clock, verdicts: cache } = this.#services;
    const services = { plugins: this.#plugins, clock, verdicts: cache };
    const verdicts = await inspect(message, services, signal);
    return { verdicts, decision: decide(verdicts, this.#plugins) };
  }

  /** The header of a message that is to be delivered, with the edits of all plugins, if there are any. */
  async transform(
    message: ArrivingMessage,
    judgement: Judgement,
    signal: AbortSignal,
  ): Promise<HeaderEdits> {
    const edits = new HeaderEdits(await message.header());
    if (this.isEmpty) return edits;
    const { decision, verdicts } = judgement;
    removeForgedFields(edits);
    if (decision.action === 'tag') nameFindings(edits, decision.findings);
    await this.#transform({ message, signal, verdicts, edits }, async () => {});
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
        if (plugin.policy.onError === 'defer' && when === 'before') throw error;
        plugin.log.error(fields, 'recorder failed');
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const plugin of this.#plugins.toReversed()) {
      try {
        await plugin.instance.dispose?.();
      } catch (error) {
        this.#services.log.warn(
          { plugin: plugin.name, err: toAppError(error) },
          'plugin could not be disposed',
        );
      }
    }
  }
}
