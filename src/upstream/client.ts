// Owns the async face of an upstream session: open, log in, list, retrieve, update.
import { pbkdf2 } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { AppError } from '../base/errors.ts';
import type { Credentials } from '../base/secret.ts';
import type { UpstreamTarget } from '../config/schema.ts';
import {
  type TextMode,
  type UpstreamCapabilities,
  unknownCapabilities,
} from '../pop3/capability.ts';
import { capabilityMaxLines } from '../pop3/limits.ts';
import { parseScanLine, parseUidlLine, type ScanEntry, type UidlEntry } from '../pop3/reply.ts';
import type { TlsFacts } from '../tls/upgrade.ts';
import { UpstreamConnection } from './connection.ts';
import type { ContentSink, WireSink } from './content-framing.ts';
import { capabilityDialog, loginDialog, openDialog, utf8Dialog } from './dialog.ts';
import { refusedByUpstream, upstreamTimeout } from './failure.ts';
import type { LoginConditions } from './login-method.ts';
import { findTimestamp } from './mechanisms/digest.ts';
import type { ScramHash } from './scram.ts';
import { command, type Dialog, type DialogStep, type StepResult } from './step.ts';

/** Allowed for each message that is to be deleted, on top of the time for a reply. */
const perDeletionMs = 1000;
/** One for all: every session ends so. */
const sessionEnded = new AppError('UPSTREAM_CLOSED', {
  fault: 'proxy',
  publicText: 'session ended',
});
const neverAborted = new AbortController().signal;

/** What a maildrop holds, as the upstream lists it. */
export interface Listing {
  readonly scan: readonly ScanEntry[];
  /** Undefined when the upstream has no UIDL. */
  readonly uidls: readonly UidlEntry[] | undefined;
  readonly capabilities: UpstreamCapabilities;
}

const deriveBits = promisify(pbkdf2);
const hashOctets: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32 };

export class UpstreamClient {
  readonly #connection: UpstreamConnection;
  readonly #target: UpstreamTarget;
  readonly #trust: ConnectionOptions;
  readonly #clock: Clock;
  #capabilities: UpstreamCapabilities | undefined;
  #hasTop = true;

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

  /** TOP is optional (RFC 1939 s.7). */
  get hasTop(): boolean {
    return this.#hasTop;
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /**
   * Logs in once, in `utf8` mode after the upstream has switched to it (RFC 6856 s.2). Throws
   * UPSTREAM_LOGIN_REFUSED with the upstream's words and code, or what chooseMethod throws.
   */
  async logIn(
    credentials: Credentials,
    signal: AbortSignal,
    mode: TextMode = 'octets',
  ): Promise<void> {
    const capabilities = this.#capabilities;
    if (capabilities === undefined) throw new Error('log in follows open');
    const { login, allowPlaintextLogin, timeouts } = this.#target;
    const greeting = await this.#connection.greeting;
    const conditions: LoginConditions = {
      exposure: this.tls !== undefined || allowPlaintextLogin ? 'allowed' : 'forbidden',
      timestamp: findTimestamp(greeting.reply.text),
      server: this.#target,
    };
    if (mode === 'utf8') await this.#run(utf8Dialog(capabilities), timeouts.loginMs, signal);
    const dialog = loginDialog(login, capabilities, credentials, conditions);
    await this.#run(dialog, timeouts.loginMs, signal);
    this.#connection.mayPipeline = capabilities.hasPipelining;
    this.#connection.keepAwake();
  }

  /** CAPA, LIST and UIDL of the TRANSACTION state, asked together where the upstream pipelines. */
  async list(maxMessages: number, signal: AbortSignal): Promise<Listing> {
    const connection = this.#connection;
    return this.#within(this.#target.timeouts.loginMs, signal, async () => {
      // Read line by line: what a server adds to its lines is not kept.
      const scan: ScanEntry[] = [];
      const uidls: UidlEntry[] = [];
      const [capabilities, list, uidl] = await Promise.all([
        this.#drive(capabilityDialog()),
        connection.askForLines(command('LIST'), maxMessages, (line) =>
          scan.push(parseScanLine(line)),
        ),
        connection.askForLines(command('UIDL'), maxMessages, (line) =>
          uidls.push(parseUidlLine(line)),
        ),
      ]);
      if (!list.reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_LIST', list.reply);
      // Without UIDLs a client would fetch everything again, so a passing trouble is not "no UIDL".
      const isAnnounced = capabilities.hasUidl && capabilities !== unknownCapabilities;
      if (!uidl.reply.isOk && (isAnnounced || uidl.reply.code !== undefined)) {
        throw refusedByUpstream('UPSTREAM_REFUSED_LIST', uidl.reply);
      }
      connection.mayPipeline = capabilities.hasPipelining;
      this.#hasTop = capabilities.hasTop;
      return {
        scan,
        uidls: uidl.reply.isOk ? uidls : undefined,
        capabilities: { ...capabilities, hasUidl: uidl.reply.isOk },
      };
    });
  }

  /**
   * RETR, or TOP when `bodyLines` is set: gives the content to `sink` and resolves when all of it
   * has been given.
   */
  async retrieve(
    upstreamNumber: number,
    sink: ContentSink,
    bodyLines?: number | undefined,
  ): Promise<void> {
    const line = retrieval(upstreamNumber, bodyLines);
    const { reply } = await this.#connection.askForContent(line, sink);
    if (!reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_MESSAGE', reply);
  }

  /** The same in the form of the wire, with the terminator: for whoever passes it on as it is. */
  async relay(
    upstreamNumber: number,
    sink: WireSink,
    bodyLines?: number | undefined,
  ): Promise<void> {
    const line = retrieval(upstreamNumber, bodyLines);
    const { reply } = await this.#connection.askForWire(line, sink);
    if (!reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_MESSAGE', reply);
  }

  /**
   * Marks the messages as deleted and quits, so that the upstream enters its UPDATE state.
   * Returns the numbers it would not mark. Throws when the QUIT is not confirmed.
   */
  update(upstreamNumbers: readonly number[]): Promise<number[]> {
    // A server that drips its replies must not hold the session, and a shutdown, for ever.
    const limitMs = this.#target.timeouts.replyMs + upstreamNumbers.length * perDeletionMs;
    return this.#within(limitMs, neverAborted, () => this.#update(upstreamNumbers));
  }

  async #update(upstreamNumbers: readonly number[]): Promise<number[]> {
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
    this.#connection.destroy(reason ?? sessionEnded);
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

  async #perform(step: DialogStep): Promise<StepResult> {
    switch (step.kind) {
      case 'awaitGreeting':
        return this.#connection.greeting;
      case 'send':
        return this.#connection.ask(step.line);
      case 'sendSasl':
        return this.#connection.ask(step.line, 'sasl');
      case 'sendForLines': {
        const lines: Buffer[] = [];
        const keep = (line: Buffer): void => void lines.push(Buffer.from(line));
        const answer = await this.#connection.askForLines(step.line, capabilityMaxLines, keep);
        return { ...answer, lines };
      }
      case 'startTls':
        await this.#connection.secure(this.#trust);
        return { reply: { isOk: true, code: undefined, text: '' }, lines: [], isChallenge: false };
      case 'deriveKey': {
        const { password, salt, iterations, hash } = step.request;
        return deriveBits(password, salt, iterations, hashOctets[hash], hash);
      }
    }
  }
}

function retrieval(upstreamNumber: number, bodyLines: number | undefined): Buffer {
  return bodyLines === undefined
    ? command(`RETR ${upstreamNumber}`)
    : command(`TOP ${upstreamNumber} ${bodyLines}`);
}
