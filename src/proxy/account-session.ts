// Owns the upstream side of one client session: the login, deliveries, the update, and what of it is
// recorded. What the client is told is decided by the session, which gets events from here.
import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { SessionFacts } from '../plugin-api/context.ts';
import type { SessionAction, SessionEvent } from '../session/events.ts';
import type { MaildropMessage } from '../session/maildrop.ts';
import type { ClientOutput } from './client-output.ts';
import { type DeliveryOutcome, type DeliveryServices, deliver } from './deliver.ts';
import { type LoggedIn, type LoginServices, logIn, printableUser } from './log-in.ts';
import { refusalOf } from './refuse.ts';

export interface AccountServices extends LoginServices, DeliveryServices {
  readonly clock: Clock;
}

type Account = Pick<LoggedIn, 'facts' | 'key' | 'upstream'>;

/** The client's side of a delivery. */
export interface DeliveryPlace {
  readonly session: SessionFacts;
  readonly output: ClientOutput;
}

export class AccountSession {
  readonly #services: AccountServices;
  readonly #log: Logger;
  /** Aborts when the client is gone. */
  readonly #signal: AbortSignal;
  #account: Account | undefined;
  #deleted: readonly string[] = [];

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

  /** One attempt; never rejects for a reason that the client can be told. */
  async logIn(
    { credentials, mode }: Extract<SessionAction, { kind: 'logIn' }>,
    session: SessionFacts,
  ): Promise<SessionEvent> {
    const { pipeline, clock } = this.#services;
    const startedMs = clock.monotonicMs();
    const user = printableUser(credentials.user);
    const facts = () => ({
      session,
      user,
      durationMs: Math.round(clock.monotonicMs() - startedMs),
    });
    try {
      const attempt = { credentials, textMode: mode, user, session, signal: this.#signal };
      const opened = await logIn(attempt, this.#services);
      this.#account = opened;
      const { upstream } = opened.facts;
      await pipeline.observe({ kind: 'loginAccepted', upstream, ...facts() }, 'before');
      this.#log.info({ user, upstream: upstream.host }, 'login accepted');
      return { kind: 'loggedIn', maildrop: opened.maildrop, capabilities: opened.capabilities };
    } catch (error) {
      this.close();
      this.#account = undefined;
      const { code } = toAppError(error);
      this.#log.warn({ user, err: error }, 'login refused');
      await pipeline.observe(
        { kind: 'loginRefused', upstream: undefined, code, ...facts() },
        'after',
      );
      return { kind: 'loginRefused', ...refusalOf(error) };
    }
  }

  /** RETR, or TOP when `bodyLines` is set. */
  deliver(
    message: MaildropMessage,
    bodyLines: number | undefined,
    { session, output }: DeliveryPlace,
  ): Promise<DeliveryOutcome> {
    const { facts, key, upstream } = this.#getAccount();
    const { number, upstreamNumber, uidl, octets, upstreamOctets } = message;
    return deliver(
      {
        message: { session, account: facts, number, uidl, listedOctets: upstreamOctets },
        upstreamNumber,
        announcedOctets: octets,
        account: key,
        bodyLines,
        upstream,
        output,
        log: this.#log,
        signal: this.#signal,
      },
      this.#services,
    );
  }

  /** Deletes upstream and ends the session there (RFC 1939 s.6). */
  async update(marked: readonly MaildropMessage[]): Promise<SessionEvent> {
    const { upstream } = this.#getAccount();
    try {
      const kept = new Set(await upstream.update(marked.map((each) => each.upstreamNumber)));
      this.#deleted = marked
        .filter((each) => !kept.has(each.upstreamNumber))
        .map((each) => each.uidl ?? String(each.number));
      return { kind: 'updated', keptMessages: kept.size };
    } catch (error) {
      this.#log.warn({ err: error, marked: marked.length }, 'upstream did not confirm the update');
      return { kind: 'updateFailed', ...refusalOf(error) };
    }
  }

  /** Without an update that was confirmed, the upstream gets no QUIT and so deletes nothing. */
  close(): void {
    this.#account?.upstream.close();
  }

  #getAccount(): Account {
    if (this.#account === undefined) throw new Error('this action needs a login');
    return this.#account;
  }
}
