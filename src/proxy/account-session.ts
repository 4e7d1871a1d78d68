// Owns the upstream side of one client session: the login, deliveries, the update, and what of it is
// recorded. What the client is told is decided by the session, which gets events from here.
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Turns } from '../base/turns.ts';
import type { SessionFacts } from '../plugin-api/context.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { SessionAction, SessionEvent } from '../session/events.ts';
import type { MaildropMessage, StoredMessage, UpstreamMessage } from '../session/maildrop.ts';
import type { Quarantine } from '../stores/store.ts';
import { type AskingServices, askForMessage } from './ask-for-message.ts';
import { clientGone } from './client-gone.ts';
import type { ClientOutput } from './client-output.ts';
import { type DeliveryOutcome, type DeliveryServices, deliver } from './deliver.ts';
import { type LoggedIn, type LoginServices, logIn, planLogin, printableUser } from './log-in.ts';
import { type NamingServices, reasonOf, shownUser } from './logins/failed-login.ts';
import { type AskedMessage, ReadAhead } from './read-ahead.ts';
import { mayReadAhead } from './read-ahead-mode.ts';
import { refusalOf } from './refuse.ts';
import type { TlsUseRecorder } from './tls-use.ts';
import { MessageTrouble } from './troubles.ts';

export interface AccountServices extends LoginServices, DeliveryServices, NamingServices {
  readonly clock: Clock;
  /** Shared by all sessions: how many messages are judged early at a time. */
  readonly earlyTurns: Turns;
  readonly tlsUses: TlsUseRecorder;
}

type Account = Pick<
  LoggedIn,
  'facts' | 'key' | 'upstream' | 'target' | 'maildrop' | 'capabilities'
>;

/** The client's side of a delivery. */
export interface DeliveryPlace {
  readonly session: SessionFacts;
  readonly output: ClientOutput;
  /** As asked for by LANG in this session. */
  readonly wishedLanguage: string | undefined;
}

interface RefusedLogin {
  readonly session: SessionFacts;
  /** Printable form of what the client sent. */
  readonly name: string;
  /** `none` where none fitted. */
  readonly route: string;
  readonly durationMs: number;
}

export class AccountSession {
  readonly #services: AccountServices;
  readonly #log: Logger;
  /** Aborts when the client is gone. */
  readonly #signal: AbortSignal;
  #account: Account | undefined;
  #ahead: ReadAhead | undefined;
  #deleted: readonly string[] = [];
  #delivered = { messages: 0, octets: 0 };
  #attempts = 0;

  constructor(services: AccountServices, log: Logger, signal: AbortSignal) {
    this.#services = services;
    this.#log = log;
    this.#signal = signal;
  }

  /** Printable login name; undefined before login. */
  get user(): string | undefined {
    return this.#account?.facts.user;
  }

  /** UIDLs, or numbers where there are none, that the upstream confirmed as deleted. */
  get deleted(): readonly string[] {
    return this.#deleted;
  }

  /** Messages given whole, or their tops. */
  get delivered(): { readonly messages: number; readonly octets: number } {
    return this.#delivered;
  }

  /** One attempt; never rejects for a reason that the client can be told. */
  async logIn(
    { credentials, mode }: Extract<SessionAction, { kind: 'logIn' }>,
    session: SessionFacts,
  ): Promise<SessionEvent> {
    const { pipeline, clock, metrics, tlsUses, routes } = this.#services;
    let route = 'none';
    const startedMs = clock.monotonicMs();
    const user = printableUser(credentials.user);
    const durationMs = () => Math.round(clock.monotonicMs() - startedMs);
    try {
      const [log, signal] = [this.#log, this.#signal];
      this.#attempts += 1;
      const attemptNumber = this.#attempts;
      const attempt = { credentials, textMode: mode, attemptNumber, user, session, log, signal };
      const plan = planLogin(attempt, routes);
      route = plan.route.name;
      const opened = await logIn(attempt, plan, this.#services);
      this.#account = opened;
      const onGone = (): void => opened.upstream.close(clientGone);
      this.#signal.addEventListener('abort', onGone, { once: true });
      if (this.#signal.aborted) onGone();
      const { upstream } = opened.facts;
      const facts = { session, user, upstream, durationMs: durationMs() };
      await pipeline.observe({ kind: 'loginAccepted', ...facts }, 'before');
      metrics.loginResult(opened.facts.route, 'accepted');
      tlsUses.loggedIn(session, opened.facts);
      this.#log.info({ user, upstream: upstream.host }, 'login accepted');
      const { maildrop, capabilities, keptOriginals } = opened;
      return { kind: 'loggedIn', maildrop, capabilities, keptOriginals };
    } catch (error) {
      this.close();
      this.#account = undefined;
      await this.#recordRefusal(error, { session, name: user, route, durationMs: durationMs() });
      return { kind: 'loginRefused', ...refusalOf(error) };
    }
  }

  async #recordRefusal(
    error: unknown,
    { session, name, route, durationMs }: RefusedLogin,
  ): Promise<void> {
    const { pipeline, metrics, loginMetrics } = this.#services;
    const { code } = toAppError(error);
    const reason = reasonOf(error);
    const user = await shownUser(name, this.#services);
    metrics.loginResult(route, 'refused');
    loginMetrics.failed(route, reason);
    // Read by fail2ban, the reason first: nothing that a client chose stands before it.
    this.#log.warn({ reason, user, err: error }, 'login refused');
    const facts = { session, user, upstream: undefined, code, durationMs };
    await pipeline.observe({ kind: 'loginRefused', ...facts }, 'after');
  }

  /** RETR, or TOP when `bodyLines` is set. */
  async deliver(
    message: MaildropMessage,
    bodyLines: number | undefined,
    { session, output, wishedLanguage }: DeliveryPlace,
  ): Promise<DeliveryOutcome> {
    const { facts, key, upstream } = this.#getAccount();
    const outcome = await deliver(
      {
        message: factsOf(message, session, facts),
        listed: message,
        account: key,
        bodyLines,
        upstream,
        ask: (listed) => this.#ask(listed, bodyLines, session),
        output,
        wishedLanguage,
        log: this.#log,
        signal: this.#signal,
      },
      this.#services,
    );
    if (outcome.kind === 'delivered') {
      this.#delivered.messages += 1;
      this.#delivered.octets += outcome.octets;
    }
    return outcome;
  }

  /** RETR goes by the order of the client; TOP tells nothing of what it will want. */
  #ask(
    message: UpstreamMessage,
    bodyLines: number | undefined,
    session: SessionFacts,
  ): AskedMessage {
    if (bodyLines === undefined) {
      this.#ahead ??= this.#readAhead(this.#getAccount(), session);
      return this.#ahead.take(message);
    }
    return askForMessage(message, { bodyLines, when: 'now' }, this.#asking(session));
  }

  #asking(session: SessionFacts): AskingServices {
    const { facts, upstream } = this.#getAccount();
    return {
      ...this.#services,
      upstream,
      factsOf: (message) => factsOf(message, session, facts),
    };
  }

  #readAhead(account: Account, session: SessionFacts): ReadAhead {
    const { key, maildrop, capabilities, upstream, target, facts } = account;
    const { troubles, spool, earlyTurns, metrics } = this.#services;
    const asking = this.#asking(session);
    return new ReadAhead({
      mode: mayReadAhead(target, capabilities),
      mayPipeline: capabilities.hasPipelining,
      maildrop,
      together: (work) => upstream.together(work),
      fetch: (message, when) => askForMessage(message, { bodyLines: undefined, when }, asking),
      isTroubled: (message) => new MessageTrouble(key, message, troubles).get() !== undefined,
      failedEarly: (message, error) => {
        const trouble = new MessageTrouble(key, message, troubles);
        // The session upstream is lost with it, and would be at each poll that meets it again.
        if (error.code === 'MESSAGE_TOO_LARGE') trouble.set('tooLarge');
        if (error.code === 'MESSAGE_NOT_HELD') trouble.set('unlisted');
        this.#log.debug({ number: message.number, err: error }, 'message not fetched early');
      },
      ended: (counts) => metrics.readAhead(facts.route, counts),
      budget: spool.budget,
      earlyTurns,
      signal: this.#signal,
    });
  }

  /** Is none of these the only copy that upstream has? */
  async areSafe(originals: readonly string[]): Promise<boolean> {
    const { quarantine } = this.#services;
    for (const id of originals) {
      if (!(await isDoneWith(id, quarantine)) && !(await isGenuine(id, quarantine))) return false;
    }
    return true;
  }

  /** Deletes upstream and ends the session there (RFC 1939 s.6), then what Postern had added. */
  async update({
    deleted: marked,
    originals,
  }: Extract<SessionAction, { kind: 'update' }>): Promise<SessionEvent> {
    const { upstream } = this.#getAccount();
    try {
      await this.#ahead?.end();
      const going = await this.#deletable(marked, originals);
      const upstreamNumbers = going.flatMap((each) =>
        each.source === 'upstream' ? [each.upstreamNumber] : [],
      );
      const kept = new Set(await upstream.update(upstreamNumbers));
      const deleted: string[] = [];
      for (const message of going) {
        const isGone =
          message.source === 'upstream'
            ? !kept.has(message.upstreamNumber)
            : await this.#deleteStored(message);
        if (isGone) deleted.push(message.uidl ?? String(message.number));
      }
      this.#deleted = deleted;
      return { kind: 'updated', keptMessages: marked.length - deleted.length };
    } catch (error) {
      this.#log.warn({ err: error, marked: marked.length }, 'upstream did not confirm the update');
      return { kind: 'updateFailed', ...refusalOf(error) };
    }
  }

  /** Without those whose originals have gone since they were marked. */
  async #deletable(
    marked: readonly MaildropMessage[],
    originals: ReadonlyMap<number, readonly string[]>,
  ): Promise<MaildropMessage[]> {
    const going: MaildropMessage[] = [];
    for (const message of marked) {
      const { uidl } = message;
      const ids = originals.get(message.number) ?? [];
      const settled = await Promise.all(ids.map((id) => isSettled(id, this.#services.quarantine)));
      if (settled.every(Boolean)) going.push(message);
      else this.#log.warn({ uidl, ids }, 'not deleted: its original is no longer in quarantine');
    }
    return going;
  }

  async #deleteStored({ source, id }: StoredMessage): Promise<boolean> {
    const { quarantine, letters } = this.#services;
    try {
      if (source === 'quarantine') await quarantine.mark(id, 'collected');
      else await letters.delete(id);
      return true;
    } catch (error) {
      this.#log.error({ err: error, id }, 'a message of our own could not be deleted');
      return false;
    }
  }

  /** Without an update that was confirmed, the upstream gets no QUIT and so deletes nothing. */
  close(): void {
    this.#account?.upstream.close();
    void this.#ahead?.end();
  }

  #getAccount(): Account {
    if (this.#account === undefined) throw new Error('this action needs a login');
    return this.#account;
  }
}

function factsOf(
  message: MaildropMessage,
  session: SessionFacts,
  account: LoggedIn['facts'],
): MessageFacts {
  const { number, uidl } = message;
  const listedOctets = message.source === 'upstream' ? message.upstreamOctets : message.octets;
  return { session, account, number, uidl, listedOctets };
}

/** Safe where it is, or done with on purpose. */
async function isSettled(id: string, quarantine: Quarantine): Promise<boolean> {
  return (await isDoneWith(id, quarantine)) || quarantine.isSafe(id);
}

/** The reader has had it, or nobody needs it. */
async function isDoneWith(id: string, quarantine: Quarantine): Promise<boolean> {
  const state = (await quarantine.find(id))?.state;
  return state === 'collected' || state === 'discarded';
}

/** Octet for octet: a file of the right length may have been damaged since. */
async function isGenuine(id: string, quarantine: Quarantine): Promise<boolean> {
  try {
    for await (const _piece of quarantine.read(id));
    return true;
  } catch {
    return false;
  }
}
