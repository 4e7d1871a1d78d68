// Owns the async face of an upstream session: open, log in, list, retrieve, update.
import type { LookupFunction } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Endpoint } from '../base/endpoint.ts';
import { AppError } from '../base/errors.ts';
import type { Credentials } from '../base/secret.ts';
import type { UpstreamTarget } from '../config/schema.ts';
import {
  type TextMode,
  type UpstreamCapabilities,
  unknownCapabilities,
} from '../pop3/capability.ts';
import { parseScanLine, parseUidlLine, type ScanEntry, type UidlEntry } from '../pop3/reply.ts';
import type { TlsFacts, VerifiedOptions } from '../tls/upgrade.ts';
import { UpstreamConnection } from './connection.ts';
import type { ContentSink, WireSink } from './content-framing.ts';
import { capabilityDialog, loginDialog, openDialog, utf8Dialog } from './dialog.ts';
import { DialogPlayer } from './dialog-player.ts';
import { isRefusalOfUser, refusedByUpstream, upstreamTimeout } from './failure.ts';
import type { KnownUpstream } from './known-upstreams.ts';
import type { LoginConditions } from './login-method.ts';
import { findTimestamp } from './mechanisms/digest.ts';
import { command, type Dialog } from './step.ts';

/** Allowed for each message that is to be deleted, on top of the time for a reply. */
const perDeletionMs = 1000;
/** One for all: every session ends so. */
const sessionEnded = new AppError('UPSTREAM_CLOSED', {
  fault: 'proxy',
  publicText: 'session ended',
});

const list = command('LIST');
const uidl = command('UIDL');
const quit = command('QUIT');

/** An upstream, what it is trusted for, and what is known of it. */
export interface UpstreamPlace {
  readonly target: UpstreamTarget;
  readonly trust: VerifiedOptions;
  readonly clock: Clock;
  readonly known: KnownUpstream;
  /** Finds the addresses of the host; by default as the system does. */
  readonly lookup?: LookupFunction | undefined;
  /** What the upstream is sent first, unencrypted, once its address is known. */
  readonly preamble?: ((upstream: Endpoint) => Buffer) | undefined;
}

/** What a maildrop holds, as the upstream lists it. */
export interface Listing {
  readonly scan: readonly ScanEntry[];
  /** Undefined when the upstream has no UIDL. */
  readonly uidls: readonly UidlEntry[] | undefined;
  readonly capabilities: UpstreamCapabilities;
}

export class UpstreamClient {
  readonly #place: UpstreamPlace;
  readonly #connection: UpstreamConnection;
  readonly #player: DialogPlayer;
  /** Of whoever wants the session, until its maildrop is listed: then there may be an update to end. */
  #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.close(this.#signal?.reason);
  #capabilities: UpstreamCapabilities | undefined;
  #hasTop = true;

  private constructor(place: UpstreamPlace, signal: AbortSignal) {
    this.#place = place;
    this.#signal = signal;
    this.#connection = new UpstreamConnection(place.target, place.lookup);
    this.#player = new DialogPlayer(this.#connection, place.trust);
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /**
   * Connects, secures and greets. Until the maildrop is listed, `signal` ends the session. Throws an
   * AppError of failure.ts, or the reason of the signal; leaves nothing open then.
   */
  static async open(place: UpstreamPlace, signal: AbortSignal): Promise<UpstreamClient> {
    signal.throwIfAborted();
    const { target, trust, known, preamble } = place;
    const { timeouts } = target;
    const client = new UpstreamClient(place, signal);
    const setUpMs = timeouts.connectMs + (target.tls === 'implicit' ? timeouts.tlsMs : 0);
    await client.#within(setUpMs, 'connect', () =>
      client.#connection.open(target, trust, preamble),
    );
    const greetMs = timeouts.replyMs + (target.tls === 'stls' ? timeouts.tlsMs : 0);
    const { beforeLogin } = known;
    const capabilities = await client.#run(openDialog(target, beforeLogin), greetMs);
    if (beforeLogin === undefined) known.announcedBeforeLogin(capabilities);
    client.#capabilities = capabilities;
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
  async logIn(credentials: Credentials, mode: TextMode = 'octets'): Promise<void> {
    const capabilities = this.#capabilities;
    if (capabilities === undefined) throw new Error('log in follows open');
    const { login, allowPlaintextLogin, timeouts } = this.#place.target;
    const greeting = await this.#connection.greeting;
    const conditions: LoginConditions = {
      exposure: this.tls !== undefined || allowPlaintextLogin ? 'allowed' : 'forbidden',
      timestamp: findTimestamp(greeting.reply.text),
      server: this.#place.target,
    };
    if (mode === 'utf8') await this.#run(utf8Dialog(capabilities), timeouts.loginMs);
    const dialog = loginDialog(login, capabilities, credentials, conditions);
    await this.#run(dialog, timeouts.loginMs);
    this.#connection.mayPipeline = capabilities.hasPipelining;
    this.#connection.keepAwake();
  }

  /** LIST and UIDL, and CAPA unless it is known, asked together where the upstream pipelines. */
  async list(maxMessages: number): Promise<Listing> {
    const { target, known } = this.#place;
    const listing = await this.#within(target.timeouts.loginMs, 'login', async () => {
      // Read line by line: what a server adds to its lines is not kept.
      const scan: ScanEntry[] = [];
      const uidls: UidlEntry[] = [];
      const connection = this.#connection;
      const { afterLogin } = known;
      if (afterLogin !== undefined) connection.mayPipeline = afterLogin.hasPipelining;
      const [capabilities, toList, toUidl] = await connection.together(() =>
        Promise.all([
          afterLogin ?? this.#player.play(capabilityDialog()),
          connection.askForLines(list, maxMessages, (octets, start, end) =>
            scan.push(parseScanLine(octets, start, end)),
          ),
          connection.askForLines(uidl, maxMessages, (octets, start, end) =>
            uidls.push(parseUidlLine(octets, start, end)),
          ),
        ]),
      );
      if (!toList.reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_LIST', toList.reply);
      // Without UIDLs a client would fetch everything again, so a passing trouble is not "no UIDL".
      const isAnnounced = capabilities.hasUidl && capabilities !== unknownCapabilities;
      const hasUidl = toUidl.reply.isOk;
      if (!hasUidl && (isAnnounced || toUidl.reply.code !== undefined)) {
        throw refusedByUpstream('UPSTREAM_REFUSED_LIST', toUidl.reply);
      }
      if (afterLogin === undefined) known.announcedAfterLogin(capabilities);
      connection.mayPipeline = capabilities.hasPipelining;
      this.#hasTop = capabilities.hasTop;
      // RFC 2449 s.6.7: it may differ from what was said before the login, but silence takes nothing back.
      const expire = capabilities.expire ?? this.#capabilities?.expire;
      const isAsSaid = hasUidl === capabilities.hasUidl && expire === capabilities.expire;
      return {
        scan,
        uidls: hasUidl ? uidls : undefined,
        capabilities: isAsSaid ? capabilities : { ...capabilities, hasUidl, expire },
      };
    });
    known.foundAfterLogin(listing.capabilities);
    this.#detach();
    return listing;
  }

  /** What `work` asks for leaves in one segment, where the upstream pipelines. */
  together<T>(work: () => T): T {
    return this.#connection.together(work);
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
  async update(upstreamNumbers: readonly number[]): Promise<number[]> {
    const { replyMs } = this.#place.target.timeouts;
    // A server that drips its replies must not hold the session, and a shutdown, for ever.
    const limitMs = replyMs + upstreamNumbers.length * perDeletionMs;
    const connection = this.#connection;
    const [toQuit, ...toMarks] = await this.#within(limitMs, 'update', () =>
      connection.together(() => {
        const marks = upstreamNumbers.map((number) => connection.ask(command(`DELE ${number}`)));
        const ending = connection.ask(quit);
        return Promise.all([ending, ...marks]);
      }),
    );
    this.close();
    if (!toQuit.reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_UPDATE', toQuit.reply);
    return upstreamNumbers.filter((_, index) => toMarks[index]?.reply.isOk !== true);
  }

  /** Ends the connection without QUIT: the upstream deletes nothing (RFC 1939 s.6). */
  close(reason: AppError = sessionEnded): void {
    this.#detach();
    this.#connection.destroy(reason);
  }

  #detach(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#signal = undefined;
  }

  #run<Result>(dialog: Dialog<Result>, limitMs: number): Promise<Result> {
    return this.#within(limitMs, 'login', () => this.#player.play(dialog));
  }

  /** A time limit on a piece of the session; what fails leaves nothing to go on with. */
  async #within<T>(limitMs: number, during: string, work: () => Promise<T>): Promise<T> {
    const timer = this.#place.clock.after(limitMs, () =>
      this.#connection.destroy(upstreamTimeout(during)),
    );
    try {
      return await work();
    } catch (error) {
      if (this.#signal?.aborted === false && !isRefusalOfUser(error)) this.#place.known.forget();
      this.close();
      throw error;
    } finally {
      timer.cancel();
    }
  }
}

function retrieval(upstreamNumber: number, bodyLines: number | undefined): Buffer {
  return bodyLines === undefined
    ? command(`RETR ${upstreamNumber}`)
    : command(`TOP ${upstreamNumber} ${bodyLines}`);
}
