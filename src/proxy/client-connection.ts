// Owns one client's connection: reads a line, asks the session, does what it says, in order. It
// decides nothing about the protocol itself.
import type { Socket } from 'node:net';
import type { Timer } from '../base/clock.ts';
import { explain, toAppError } from '../base/errors.ts';
import { newId } from '../base/ids.ts';
import type { Logger } from '../base/log.ts';
import type { SessionPointFacts } from '../pipeline/access.ts';
import type { CommandOutcome, SessionFacts } from '../plugin-api/context.ts';
import { errReply } from '../pop3/reply.ts';
import type { Admission, SessionAction } from '../session/events.ts';
import { Session } from '../session/session.ts';
import { acceptTls, refusePendingPlaintext, type TlsFacts } from '../tls/upgrade.ts';
import { AccountSession } from './account-session.ts';
import { type Arrival, type ClientOrigin, logFieldsOf } from './arrival.ts';
import { clientGone } from './client-gone.ts';
import { ClientInput } from './client-input.ts';
import { ClientOutput } from './client-output.ts';
import { eventOfDelivery, outcomeOfDelivery, outcomeOfReply } from './command-outcome.ts';
import { runCommand } from './command-point.ts';
import type { ConnectionServices, ListenerFacts } from './connection-services.ts';
import { expectedCapabilities } from './expected-capabilities.ts';
import { linger } from './linger.ts';
import { QuietWatch } from './quiet-watch.ts';
import { refusalReply } from './refuse.ts';

export class ClientConnection {
  readonly #services: ConnectionServices;
  readonly #listener: ListenerFacts;
  readonly #id = newId();
  readonly #log: Logger;
  readonly #gone = new AbortController();
  readonly #account: AccountSession;
  readonly #startedMs: number;
  readonly #session: Session;
  #socket: Socket;
  #input: ClientInput;
  #output: ClientOutput;
  #quiet: QuietWatch;
  #tls: TlsFacts | undefined;
  /** Made when they are first asked for, and anew under TLS. */
  #sessionFacts: SessionFacts | undefined;
  #endReason: string | undefined;
  /** Of the command under way, for plugins. */
  #outcome: CommandOutcome | undefined;
  #isDraining = false;
  #isSaslExpected = false;
  #isLoginOverdue = false;
  readonly #client: ClientOrigin;
  readonly #purpose: Arrival['purpose'];

  constructor(arrival: Arrival, listener: ListenerFacts, services: ConnectionServices) {
    const { socket, origin, tls, purpose } = arrival;
    this.#services = services;
    this.#listener = listener;
    this.#client = origin;
    this.#purpose = purpose;
    this.#log = services.log.child({
      session: this.#id,
      ...logFieldsOf(origin),
      listener: listener.config.name,
    });
    this.#account = new AccountSession(services, this.#log, this.#gone.signal);
    this.#startedMs = services.clock.monotonicMs();
    this.#socket = socket;
    this.#tls = tls;
    this.#session = new Session({
      banner: listener.config.banner,
      offersStls: listener.config.tls === 'stls',
      isEncrypted: tls !== undefined,
      loginAttempts: services.limits.loginAttempts,
      expectedCapabilities: () => expectedCapabilities(this.#facts().client, services),
    });
    this.#input = new ClientInput(socket);
    this.#output = new ClientOutput(socket);
    this.#quiet = this.#watch(socket);
  }

  /** Serves the client to the end. Never rejects. */
  async serve(): Promise<void> {
    const { clock, limits, pipeline, metrics } = this.#services;
    const loginTimer = clock.after(limits.loginTimeMs, () => this.#loginTooSlow());
    try {
      metrics.sessionOpened(this.#listener.config.name);
      if (this.#purpose === 'session') {
        await pipeline.observe({ kind: 'sessionOpened', session: this.#facts() }, 'before');
      }
      await pipeline.access.session(this.#sessionPointFacts(), async () => {
        const admission = await this.#admit();
        if (admission === undefined) return;
        await this.#perform(this.#session.handle({ kind: 'connected', admission }));
        await this.#serveLines(loginTimer);
      });
    } catch (error) {
      await this.#failed(error);
    } finally {
      loginTimer.cancel();
      await this.#close();
    }
  }

  /** Ends the session at the next moment between two commands. */
  drain(): void {
    this.#isDraining = true;
    if (this.#quiet.isWaiting) this.#end('shutdown');
  }

  /** Ends it now. */
  destroy(): void {
    this.#endReason ??= 'shutdown';
    this.#account.close();
    this.#socket.destroy();
  }

  async #serveLines(loginTimer: Timer): Promise<void> {
    while (this.#endReason === undefined) {
      if (this.#isDraining) return this.#end('shutdown');
      this.#endOverdueLogin();
      const kind = this.#isSaslExpected ? 'sasl' : 'command';
      let line = this.#input.maybeReadLine(kind);
      if (line === undefined) {
        this.#quiet.waiting();
        line = await this.#input.readLine(kind);
        this.#quiet.working();
      }
      this.#isSaslExpected = false;
      if (line === undefined || this.#endReason !== undefined) return;
      const underWay = kind === 'command' ? this.#command(line) : this.#line(line);
      if (underWay !== undefined) await underWay;
      if (this.#session.state !== 'AUTHORIZATION') loginTimer.cancel();
    }
  }

  #line(line: Buffer): Promise<void> | undefined {
    return this.#perform(this.#session.handle({ kind: 'lineReceived', line }));
  }

  #command(line: Buffer): Promise<void> | undefined {
    const { access } = this.#services.pipeline;
    if (!access.hasCommandPoint) return this.#line(line);
    this.#outcome = undefined;
    return runCommand(access, {
      line,
      session: this.#facts(),
      log: this.#log,
      user: () => this.#account.user,
      outcome: () => this.#outcome,
      perform: async () => this.#line(line),
      answer: async (reply) => {
        this.#session.handle({ kind: 'lineRefused', line });
        await this.#output.write([reply]);
      },
    });
  }

  /** There is nothing to wait for where a reply is all there is to do. */
  #perform(actions: readonly SessionAction[]): Promise<void> | undefined {
    const [only] = actions;
    if (only === undefined || actions.length > 1) return this.#performAll(actions);
    return only.kind === 'sendReply' ? this.#reply(only.bytes) : this.#performOne(only);
  }

  #reply(bytes: Buffer): Promise<void> | undefined {
    if (this.#services.pipeline.access.hasCommandPoint) this.#outcome = outcomeOfReply(bytes);
    return this.#output.write([bytes]);
  }

  async #performAll(actions: readonly SessionAction[]): Promise<void> {
    if (actions.some((action) => action.kind === 'startTls')) {
      // Checked before the +OK: what was pipelined behind STLS must never be answered.
      refusePendingPlaintext(this.#socket, this.#input.pendingOctets, 'client');
    }
    for (const action of actions) await this.#performOne(action);
  }

  async #performOne(action: SessionAction): Promise<void> {
    switch (action.kind) {
      case 'sendReply':
        return this.#reply(action.bytes);
      case 'startTls':
        return this.#startTls();
      case 'expectSaslResponse':
        this.#isSaslExpected = true;
        return;
      case 'logIn': {
        const event = await this.#account.logIn(action, this.#facts());
        return this.#perform(this.#session.handle(event));
      }
      case 'deliver': {
        const { wishedLanguage } = this.#session;
        const place = { session: this.#facts(), output: this.#output, wishedLanguage };
        const outcome = await this.#account.deliver(action.message, action.bodyLines, place);
        this.#outcome = outcomeOfDelivery(outcome);
        if (outcome.kind === 'broken') return this.#end('delivery broken off');
        const event = eventOfDelivery(action, outcome);
        return event && this.#perform(this.#session.handle(event));
      }
      case 'checkOriginals': {
        const { message, originals } = action;
        const areSafe = await this.#account.areSafe(originals);
        const event = { kind: 'originalsChecked', message, areSafe } as const;
        return this.#perform(this.#session.handle(event));
      }
      case 'update': {
        // What was pipelined behind a message must not delete it before it has left the process.
        await this.#output.flushed();
        const event = await this.#account.update(action);
        return this.#perform(this.#session.handle(event));
      }
      case 'endSession':
        this.#end(action.reason);
    }
  }

  async #startTls(): Promise<void> {
    const { tls } = this.#listener;
    if (tls === undefined) throw new Error('STLS was offered without a certificate');
    const plain = this.#socket;
    this.#input.detach();
    this.#quiet.stop();
    const { socket: secured, facts } = await acceptTls(plain, tls, this.#services.clock);
    this.#socket = secured;
    this.#tls = facts;
    this.#sessionFacts = undefined;
    // Looks at the first line anew: whoever leads a browser here may have asked for STLS in its place.
    this.#input = new ClientInput(secured);
    this.#output = new ClientOutput(secured);
    this.#quiet = this.#watch(secured);
    const admission = await this.#admit();
    if (admission === undefined) return;
    await this.#perform(this.#session.handle({ kind: 'tlsEstablished', admission }));
  }

  /** Undefined when the client was refused altogether and the session is over. */
  async #admit(): Promise<Admission | undefined> {
    const result = await this.#services.pipeline.access.admit(this.#facts());
    if (result.kind === 'admitted') {
      return this.#listener.doors.admit(this.#client, this.#tls !== undefined ? 'tls' : 'plain');
    }
    if (result.kind !== 'refused') return result;
    await this.#output.write([errReply(result.text)]);
    this.#end('refused by policy');
    return undefined;
  }

  #sessionPointFacts(): SessionPointFacts {
    const account = this.#account;
    return {
      session: this.#facts(),
      get user() {
        return account.user;
      },
      signal: this.#gone.signal,
    };
  }

  #facts(): SessionFacts {
    this.#sessionFacts ??= {
      id: this.#id,
      client: { ...this.#client, listener: this.#listener.config.name, tls: this.#tls },
    };
    return this.#sessionFacts;
  }

  #watch(socket: Socket): QuietWatch {
    socket.on('error', (cause) => this.#log.debug({ err: cause }, 'client connection failed'));
    socket.once('close', () => {
      if (this.#socket !== socket) return;
      this.#gone.abort(clientGone);
    });
    const { clock, limits } = this.#services;
    return new QuietWatch(socket, clock, limits, {
      // RFC 1939 s.3: an autologout deletes nothing, so the upstream gets no QUIT.
      idle: () => this.#end('idle'),
      stalled: () => {
        this.#endReason ??= 'stalled';
        socket.destroy();
      },
    });
  }

  /** While an upstream is logged in to, its own deadlines count. */
  #loginTooSlow(): void {
    this.#isLoginOverdue = true;
    if (this.#quiet.isWaiting) this.#endOverdueLogin();
  }

  #endOverdueLogin(): void {
    if (this.#isLoginOverdue && this.#session.state === 'AUTHORIZATION') {
      this.#end('login took too long');
    }
  }

  /** Orderly end: everything written so far arrives. */
  #end(reason: string): void {
    this.#endReason ??= reason;
    this.#input.stop();
    this.#output.end();
  }

  async #failed(error: unknown): Promise<void> {
    const { code, fault } = toAppError(error);
    this.#endReason ??= code;
    if (this.#socket.destroyed) return;
    const level = fault === 'client' ? 'info' : 'error';
    this.#log[level]({ err: error }, 'session ended by an error');
    // Not another octet, which a client that does not speak POP3 could make something of.
    if (code === 'NOT_POP3') this.#socket.destroy();
    else this.#output.end(refusalReply(error));
  }

  async #close(): Promise<void> {
    const { pipeline, clock, metrics } = this.#services;
    this.#account.close();
    const durationMs = Math.round(clock.monotonicMs() - this.#startedMs);
    const reason = this.#endReason ?? 'client gone';
    metrics.sessionEnded(this.#listener.config.name, durationMs);
    const { user, delivered } = this.#account;
    const serverName = this.#tls?.serverName;
    // A load balancer that looks every other second whether all is well is no news.
    const isNews = this.#purpose === 'session' || user !== undefined;
    this.#log[isNews ? 'info' : 'debug'](
      { reason, user, serverName, durationMs, ...delivered },
      'session ended',
    );
    const session = this.#facts();
    const { deleted } = this.#account;
    const ended = { kind: 'sessionEnded', session, user, reason, deleted, durationMs } as const;
    const recorded = isNews ? pipeline.observe(ended, 'after') : Promise.resolve();
    await recorded.catch((error: unknown) =>
      this.#log.error({ reason: explain(error) }, 'recorder failed'),
    );
    this.#input.detach();
    this.#output.end();
    this.#quiet.working();
    linger(this.#socket, clock);
  }
}
