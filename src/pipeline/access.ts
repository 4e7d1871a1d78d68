// Owns the points around sessions: who may come in, the session itself, its login, each of its commands.
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type {
  AdmitContext,
  CommandContext,
  LoginContext,
  SessionContext,
  SessionFacts,
} from '../plugin-api/context.ts';
import { type Chain, composeChain, plainFace } from './chain.ts';
import { type GuardedFace, pluginRefusal } from './guard.ts';
import type { LoadedPlugin } from './plugin.ts';

/** What became of a client that wants in. */
export type AdmitResult =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'loginDenied'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string };

/** The part of a context that comes from the proxy. */
export type SessionPointFacts = Omit<SessionContext, 'refusal'>;
export type CommandPointFacts = Omit<CommandContext, 'refusal'>;
export type LoginPointFacts = Omit<LoginContext, 'refusal'>;

export class Access {
  readonly #admit: Chain<AdmitContext>;
  readonly #session: Chain<SessionContext>;
  readonly #command: Chain<CommandContext>;
  readonly #login: Chain<LoginContext>;
  /** Some plugin wants to be asked about each command. */
  readonly hasCommandPoint: boolean;
  readonly #hasSessionPoint: boolean;
  readonly #hasLoginPoint: boolean;

  constructor(plugins: readonly LoadedPlugin[], clock: Clock) {
    this.hasCommandPoint = plugins.some(({ instance }) => instance.command !== undefined);
    this.#hasSessionPoint = plugins.some(({ instance }) => instance.session !== undefined);
    this.#hasLoginPoint = plugins.some(({ instance }) => instance.login !== undefined);
    this.#admit = composeChain<AdmitContext>(
      plugins,
      'admit',
      clock,
      ({ instance }) => instance.admit?.bind(instance),
      admitFace,
    );
    this.#session = composeChain<SessionContext>(
      plugins,
      'session',
      clock,
      ({ instance }) => instance.session?.bind(instance),
      plainFace,
    );
    this.#command = composeChain<CommandContext>(
      plugins,
      'command',
      clock,
      ({ instance }) => instance.command?.bind(instance),
      plainFace,
    );
    this.#login = composeChain<LoginContext>(
      plugins,
      'login',
      clock,
      ({ instance }) => instance.login?.bind(instance),
      loginFace,
    );
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

  /** Runs a whole session inside the chain. */
  session(facts: SessionPointFacts, run: () => Promise<void>): Promise<void> {
    if (!this.#hasSessionPoint) return run();
    return this.#session(withRefusal(facts), run);
  }

  /** Runs one command inside the chain. */
  command(facts: CommandPointFacts, run: () => Promise<void>): Promise<void> {
    return this.#command(withRefusal(facts), run);
  }

  /** Runs `connect` inside the login chain. */
  logIn(facts: LoginPointFacts, connect: () => Promise<void>): Promise<void> {
    if (!this.#hasLoginPoint) return connect();
    return this.#login(withRefusal(facts), connect);
  }
}

function refusal(text: string): Error {
  return new AppError(pluginRefusal, {
    fault: 'plugin',
    publicText: text,
    responseCode: 'SYS/PERM',
  });
}

function withRefusal<F extends object>(facts: F): F & { refusal(text: string): Error } {
  return changed(facts, { refusal });
}

/** A copy that keeps getters: what a context tells may change while `next()` runs. */
function changed<F extends object, G extends object>(facts: F, changes: G): F & G {
  const copy: object = Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(facts),
      ...Object.getOwnPropertyDescriptors(changes),
    },
  );
  return copy as F & G;
}

/** In shadow, a plugin denies nobody; what it would have said is in the log. */
function admitFace(
  context: AdmitContext,
  { policy, log }: LoadedPlugin,
): GuardedFace<AdmitContext> {
  if (!policy.isShadow) return plainFace(context);
  const { session } = context;
  const note = (wish: string) => (text: string) =>
    log.info({ session: session.id, wish, text }, 'plugin in shadow: not done');
  return plainFace({ session, denyLogin: note('denyLogin'), refuse: note('refuse') });
}

function loginFace(
  context: LoginContext,
  { policy, log }: LoadedPlugin,
): GuardedFace<LoginContext> {
  if (!policy.isShadow) return plainFace(context);
  const wish = 'requireUpstreamTls';
  const requireUpstreamTls = (version: string): void =>
    log.info({ session: context.session.id, wish, version }, 'plugin in shadow: not done');
  return plainFace(changed(context, { requireUpstreamTls }));
}
