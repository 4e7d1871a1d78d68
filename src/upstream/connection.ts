// Owns the socket towards an upstream: TLS, what is sent when, back-pressure, and for how long an
// answer is waited for. What the octets mean is answer-reader.ts.
import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { countPassing } from '../base/dead-octets.ts';
import type { Endpoint } from '../base/endpoint.ts';
import { type AppError, toAppError } from '../base/errors.ts';
import type { UpstreamTarget, UpstreamTimeouts } from '../config/schema.ts';
import {
  connectTls,
  refusePendingPlaintext,
  type TlsFacts,
  tlsFactsOf,
  type VerifiedOptions,
} from '../tls/upgrade.ts';
import { AnswerReader, type Expected, type Question } from './answer-reader.ts';
import type { ContentSink, Sink, WireSink } from './content-framing.ts';
import { connectFailure, connectionFailure, upstreamLost, upstreamTimeout } from './failure.ts';
import type { Answer } from './step.ts';

/** A question that may have to wait until those before it are answered. */
export interface Request extends Question {
  /** Undefined for the greeting, which answers nothing. */
  readonly line: Buffer | undefined;
}

const reply: Expected = { kind: 'reply' };
const sasl: Expected = { kind: 'sasl' };

const noop: Request = {
  line: Buffer.from('NOOP\r\n'),
  expected: reply,
  answered: () => {},
  failed: () => {},
};

/** Some servers drop a session after a minute without a command (RFC 1939 s.3 asks for ten). */
const noopMs = 30_000;

export class UpstreamConnection {
  #socket: Socket;
  readonly #timeouts: UpstreamTimeouts;
  readonly #answers = new AnswerReader((sink) => this.#hold(sink));
  /** Not sent yet. */
  readonly #waiting: Request[] = [];
  /** What is asked now is sent later: nothing is connected yet, or more is to go out with it. */
  #isCollecting = true;
  #mayPipeline = false;
  #failure: AppError | undefined;
  #tls: TlsFacts | undefined;
  #isHeld = false;
  /** NOOPs since the last command that somebody wanted; undefined before login. */
  #idleNoops: number | undefined;
  #stopListening: () => void = () => {};
  /** The greeting: an answer without a question. */
  readonly greeting: Promise<Answer>;

  /** Begins to connect; `open` has to follow at once. */
  constructor({ host, port, timeouts }: UpstreamTarget, lookup?: LookupFunction | undefined) {
    this.#timeouts = timeouts;
    const way = { autoSelectFamily: true, noDelay: true, ...(lookup && { lookup }) };
    this.#socket = connectTcp({ host, port, ...way });
    this.greeting = this.#ask(undefined, reply);
    // Whoever opened the connection may have gone before the greeting came.
    this.greeting.catch(() => {});
  }

  /**
   * TCP, or TLS at once for implicit TLS. Throws UPSTREAM_UNREACHABLE, _TLS, _CERTIFICATE, or the
   * reason for which the connection was destroyed meanwhile.
   */
  async open(
    { tls }: Pick<UpstreamTarget, 'tls'>,
    trust: VerifiedOptions,
    preamble?: ((upstream: Endpoint) => Buffer) | undefined,
  ): Promise<void> {
    try {
      await connected(this.#socket);
      const { remoteAddress: address = '', remotePort: port = 0 } = this.#socket;
      if (preamble !== undefined) this.#socket.write(preamble({ address, port }));
      if (tls === 'implicit') await this.secure(trust);
      else this.#listen();
    } catch (cause) {
      const failure = this.#failure ?? connectFailure(cause);
      this.destroy(failure);
      throw failure;
    }
  }

  get tls(): TlsFacts | undefined {
    return this.#tls;
  }

  /** RFC 2449 s.6.6; may be set once the upstream has announced it. */
  set mayPipeline(allowed: boolean) {
    this.#mayPipeline = allowed;
  }

  /** From now on NOOPs keep the session open while nothing is asked (TRANSACTION state only). */
  keepAwake(): void {
    this.#idleNoops = 0;
    this.#watch();
  }

  /** Negotiates TLS over the socket; refuses octets that came before. */
  async secure(trust: VerifiedOptions): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const plain = this.#socket;
    this.#isCollecting = true;
    this.#stopListening();
    plain.setTimeout(0);
    plain.on('error', () => {});
    refusePendingPlaintext(plain, this.#answers.pendingOctets, 'upstream');
    const secured: TLSSocket = await connectTls({ ...trust, socket: plain }).catch((cause) => {
      throw this.#failure ?? connectFailure(cause);
    });
    this.#socket = secured;
    this.#tls = tlsFactsOf(secured);
    this.#listen();
  }

  ask(line: Buffer, kind: 'reply' | 'sasl' = 'reply'): Promise<Answer> {
    return this.#ask(line, kind === 'sasl' ? sasl : reply);
  }

  /** Shows each line of the response to `take`; whatever that throws ends the connection. */
  askForLines(
    line: Buffer,
    maxLines: number,
    take: (octets: Buffer, start: number, end: number) => void,
  ): Promise<Answer> {
    return this.#ask(line, { kind: 'lines', maxLines, take });
  }

  /** Resolves when the terminator has come; the content has then all been given to `sink`. */
  askForContent(line: Buffer, sink: ContentSink): Promise<Answer> {
    return this.#ask(line, { kind: 'content', sink });
  }

  /** The same, in the form of the wire and with the terminator. */
  askForWire(line: Buffer, sink: WireSink): Promise<Answer> {
    return this.#ask(line, { kind: 'wire', sink });
  }

  /** What `ask` asks for leaves in one segment, as far as it may leave before it is answered. */
  together<T>(ask: () => T): T {
    const wasCollecting = this.#isCollecting;
    this.#isCollecting = true;
    let asked: T;
    try {
      asked = ask();
    } finally {
      this.#isCollecting = wasCollecting;
    }
    // Not after an error: what violates the protocol gets no further question.
    this.#sendWaiting();
    return asked;
  }

  /** As `ask`, for those who need no promise: they are called while octets are being read. */
  put(request: Request): void {
    if (this.#failure !== undefined) {
      request.failed(this.#failure);
      return;
    }
    if (this.#idleNoops !== undefined && request !== noop) this.#idleNoops = 0;
    this.#waiting.push(request);
    this.#sendWaiting();
  }

  /** Ends the connection at once; whatever is outstanding fails with `reason`. No QUIT is sent. */
  destroy(reason: AppError): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#socket.destroy();
    this.#answers.rejectAll(reason);
    for (const request of this.#waiting.splice(0)) request.failed(reason);
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  #ask(line: Buffer | undefined, expected: Expected): Promise<Answer> {
    return new Promise((answered, failed) => this.put({ line, expected, answered, failed }));
  }

  #sendWaiting(): void {
    if (this.#isCollecting || !this.isOpen) return;
    const lines: Buffer[] = [];
    while (!this.#answers.isExpecting || this.#mayPipeline) {
      const request = this.#waiting.shift();
      if (request === undefined) break;
      this.#answers.expect(request);
      if (request.line !== undefined) lines.push(request.line);
    }
    const [line] = lines;
    if (line !== undefined) this.#socket.write(lines.length === 1 ? line : Buffer.concat(lines));
    this.#watch();
  }

  /** The reply deadline runs while an answer is due and we are the ones who wait. */
  #watch(): void {
    const { replyMs, idleMs } = this.#timeouts;
    const quietMs = this.#idleNoops === undefined ? idleMs : Math.min(noopMs, idleMs);
    const limitMs = this.#isHeld ? 0 : this.#answers.isExpecting ? replyMs : quietMs;
    // Each read and each write starts the time anew.
    if (this.#socket.timeout !== limitMs) this.#socket.setTimeout(limitMs);
  }

  /** Nothing came for as long as #watch allows. */
  #onQuiet(): void {
    if (this.#answers.isExpecting) {
      this.destroy(upstreamTimeout('reply'));
    } else if (this.#idleNoops === undefined || this.#idleNoops * noopMs >= this.#timeouts.idleMs) {
      this.destroy(upstreamTimeout('idle'));
    } else {
      this.#idleNoops += 1;
      // A question like any other, so its answer can never be taken for that of the next one.
      this.put(noop);
    }
  }

  #listen(): void {
    const socket = this.#socket;
    const onData = (chunk: Buffer): void => {
      try {
        // What is asked next goes out last: a surplus must have been noticed before.
        this.together(() => this.#answers.push(chunk));
        countPassing(chunk.length);
      } catch (error) {
        this.destroy(lossOf(error));
      }
    };
    const onTimeout = (): void => this.#onQuiet();
    const onLost = (cause?: unknown): void => {
      if (this.#failure === undefined) this.destroy(connectionFailure(cause));
    };
    const onEnd = (): void => onLost();
    socket.on('data', onData);
    socket.on('timeout', onTimeout);
    socket.on('error', onLost);
    socket.on('close', onEnd);
    socket.on('end', onEnd);
    this.#stopListening = () => {
      socket.off('data', onData);
      socket.off('timeout', onTimeout);
      socket.off('error', onLost);
      socket.off('close', onEnd);
      socket.off('end', onEnd);
    };
    this.#isCollecting = false;
    this.#sendWaiting();
  }

  /** Back-pressure: the socket is not read until the sink has room again. */
  #hold(sink: Sink): void {
    this.#isHeld = true;
    this.#socket.pause();
    this.#watch();
    sink.onDrain(() => {
      this.#isHeld = false;
      if (this.#failure !== undefined) return;
      this.#socket.resume();
      this.#watch();
    });
  }
}

/** What ends the connection for all that comes after it: a violation as such, all else as a loss. */
function lossOf(error: unknown): AppError {
  const cause = toAppError(error);
  return cause.code === 'UPSTREAM_PROTOCOL' ? cause : upstreamLost(cause);
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(upstreamLost());
    socket.once('error', reject);
    socket.once('close', onClose);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.off('close', onClose);
      resolve();
    });
  });
}
