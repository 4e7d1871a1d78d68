// Owns the async face of an upstream session: open, log in, list, retrieve, update.
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { AppError } from '../base/errors.ts';
import type { Credentials } from '../base/secret.ts';
import type { UpstreamTarget } from '../config/schema.ts';
import type { UpstreamCapabilities } from '../pop3/capability.ts';
import { capabilityMaxLines } from '../pop3/limits.ts';
import { parseScanLine, parseUidlLine, type ScanEntry, type UidlEntry } from '../pop3/reply.ts';
import type { TlsFacts } from '../tls/upgrade.ts';
import { type ContentSink, UpstreamConnection } from './connection.ts';
import {
  type Answer,
  capabilityDialog,
  command,
  type Dialog,
  type DialogStep,
  loginDialog,
  openDialog,
} from './dialog.ts';
import { refusedByUpstream, upstreamTimeout } from './failure.ts';

/** What a maildrop holds, as the upstream lists it. */
export interface Listing {
  readonly scan: readonly ScanEntry[];
  /** Undefined when the upstream has no UIDL. */
  readonly uidls: readonly UidlEntry[] | undefined;
  readonly capabilities: UpstreamCapabilities;
}

export class UpstreamClient {
  readonly #connection: UpstreamConnection;
  readonly #target: UpstreamTarget;
  readonly #trust: ConnectionOptions;
  readonly #clock: Clock;
  #capabilities: UpstreamCapabilities | undefined;

  private constructor(
    connection: UpstreamConnection,
    target: UpstreamTarget,
    trust: ConnectionOptions,
    clock: Clock,
  ) {
    this.#connection = connection;
    this.#target = target;
    this.#trust = trust;
    this.#clock = clock;
  }

  /** Connects, secures and greets. Throws an AppError of failure.ts; leaves nothing open then. */
  static async open(
    target: UpstreamTarget,
    trust: ConnectionOptions,
    clock: Clock,
    signal: AbortSignal,
  ): Promise<UpstreamClient> {
    const { timeouts } = target;
    const setUpMs = timeouts.connectMs + (target.tls === 'implicit' ? timeouts.tlsMs : 0);
    const connection = await withDeadline(
      clock,
      setUpMs,
      signal,
      (limit) => UpstreamConnection.open(target, trust, limit),
      () => upstreamTimeout('connect'),
    );
    const client = new UpstreamClient(connection, target, trust, clock);
    const greetMs = timeouts.replyMs + (target.tls === 'stls' ? timeouts.tlsMs : 0);
    client.#capabilities = await client.#run(openDialog(target), greetMs, signal);
    return client;
  }

  /** What was negotiated with the upstream. */
  get tls(): TlsFacts | undefined {
    return this.#connection.tls;
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /** Logs in once. Throws UPSTREAM_LOGIN_REFUSED with the upstream's words and code. */
  async logIn(credentials: Credentials, signal: AbortSignal): Promise<void> {
    const capabilities = this.#capabilities;
    if (capabilities === undefined) throw new Error('log in follows open');
    if (this.tls === undefined && !this.#target.allowPlaintextLogin) {
      throw new AppError('UPSTREAM_NOT_ENCRYPTED', {
        fault: 'config',
        publicText: 'no password is sent to the mail server without TLS',
        responseCode: 'SYS/PERM',
      });
    }
    const dialog = loginDialog(this.#target.login, capabilities, credentials);
    await this.#run(dialog, this.#target.timeouts.loginMs, signal);
    this.#connection.mayPipeline = capabilities.hasPipelining;
  }

  /** CAPA, LIST and UIDL of the TRANSACTION state, asked together where the upstream pipelines. */
  async list(maxMessages: number, signal: AbortSignal): Promise<Listing> {
    const connection = this.#connection;
    return this.#within(this.#target.timeouts.loginMs, signal, async () => {
      const [capabilities, list, uidl] = await Promise.all([
        this.#drive(capabilityDialog()),
        connection.askForLines(command('LIST'), maxMessages),
        connection.askForLines(command('UIDL'), maxMessages),
      ]);
      if (!list.reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_LIST', list.reply);
      connection.mayPipeline = capabilities.hasPipelining;
      return {
        scan: list.lines.map(parseScanLine),
        uidls: uidl.reply.isOk ? uidl.lines.map(parseUidlLine) : undefined,
        capabilities: { ...capabilities, hasUidl: uidl.reply.isOk },
      };
    });
  }

  /** RETR: gives the content to `sink` and resolves when all of it has been given. */
  async retrieve(upstreamNumber: number, sink: ContentSink): Promise<void> {
    const answer = await this.#connection.askForContent(command(`RETR ${upstreamNumber}`), sink);
    if (!answer.reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_MESSAGE', answer.reply);
  }

  /**
   * Marks the messages as deleted and quits, so that the upstream enters its UPDATE state.
   * Returns the numbers it would not mark. Throws when the QUIT is not confirmed.
   */
  async update(upstreamNumbers: readonly number[]): Promise<number[]> {
    const connection = this.#connection;
    const marks = upstreamNumbers.map(async (number) => {
      const { reply } = await connection.ask(command(`DELE ${number}`));
      return reply.isOk ? undefined : number;
    });
    const refused = (await Promise.all(marks)).filter((number) => number !== undefined);
    const { reply } = await connection.ask(command('QUIT'));
    this.close();
    if (!reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_UPDATE', reply);
    return refused;
  }

  /** Ends the connection without QUIT: the upstream deletes nothing (RFC 1939 s.6). */
  close(reason?: AppError): void {
    this.#connection.destroy(
      reason ?? new AppError('UPSTREAM_CLOSED', { fault: 'proxy', publicText: 'session ended' }),
    );
  }

  #run<Result>(dialog: Dialog<Result>, limitMs: number, signal: AbortSignal): Promise<Result> {
    return this.#within(limitMs, signal, () => this.#drive(dialog));
  }

  /** A time limit on a piece of the session; what fails before login leaves nothing to go on with. */
  async #within<T>(limitMs: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(this.#clock, limitMs, signal, work, () => upstreamTimeout('login'));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #drive<Result>(dialog: Dialog<Result>): Promise<Result> {
    let step = dialog.next();
    while (!step.done) step = dialog.next(await this.#perform(step.value));
    return step.value;
  }

  async #perform(step: DialogStep): Promise<Answer> {
    switch (step.kind) {
      case 'awaitGreeting':
        return this.#connection.greeting;
      case 'send':
        return this.#connection.ask(step.line);
      case 'sendSasl':
        return this.#connection.ask(step.line, 'sasl');
      case 'sendForLines':
        return this.#connection.askForLines(step.line, capabilityMaxLines);
      case 'startTls':
        await this.#connection.secure(this.#trust);
        return { reply: { isOk: true, code: undefined, text: '' }, lines: [], isChallenge: false };
    }
  }
}
