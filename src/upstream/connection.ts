// Owns the socket towards an upstream: what is sent, and to which question each octet is the answer.
// Every octet belongs to an outstanding command; a surplus ends the session, because a reply that
// comes before its question can be forged.
import { connect as connectTcp, type Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { type AppError, toAppError } from '../base/errors.ts';
import type { UpstreamTarget, UpstreamTimeouts } from '../config/schema.ts';
import { upstreamLineMaxOctets } from '../pop3/limits.ts';
import { LineReader } from '../pop3/line-reader.ts';
import { MultilineDecoder } from '../pop3/multiline.ts';
import { parseReply, type Reply } from '../pop3/reply.ts';
import { connectTls, refusePendingPlaintext, type TlsFacts, tlsFactsOf } from '../tls/upgrade.ts';
import type { Answer } from './dialog.ts';
import { connectFailure, protocolViolation, upstreamLost, upstreamTimeout } from './failure.ts';

/** Takes the content of a multi-line response. `write` returns false to be left alone until `onDrain`. */
export interface ContentSink {
  write(content: Buffer): boolean;
  onDrain(resume: () => void): void;
}

type Expected = 'reply' | 'lines' | 'sasl' | 'content';

interface Question {
  readonly line: Buffer | undefined;
  readonly expected: Expected;
  readonly sink: ContentSink | undefined;
  readonly maxLines: number;
  resolve(answer: Answer): void;
  reject(error: AppError): void;
  /** Set once the first line has come and more belongs to the answer. */
  status: Reply | undefined;
  readonly lines: Buffer[];
  decoder: MultilineDecoder | undefined;
}

const noop = Buffer.from('NOOP\r\n');
const noReply: Reply = { isOk: false, code: undefined, text: '' };
const saslChallenge = /^\+(?: |$)/;

/** Some servers drop a session after a minute without a command (RFC 1939 s.3 asks for ten). */
const noopMs = 30_000;

export class UpstreamConnection {
  #socket: Socket;
  readonly #timeouts: UpstreamTimeouts;
  readonly #reader = new LineReader(upstreamLineMaxOctets);
  /** Sent, oldest first. */
  readonly #asked: Question[] = [];
  /** Not sent yet. */
  readonly #waiting: Question[] = [];
  #mayPipeline = false;
  #failure: AppError | undefined;
  #tls: TlsFacts | undefined;
  #isHeld = false;
  /** NOOPs since the last command that somebody wanted; undefined before login. */
  #idleNoops: number | undefined;
  #stopListening: () => void = () => {};
  /** The greeting: an answer without a question. */
  readonly greeting: Promise<Answer>;

  private constructor(socket: Socket, timeouts: UpstreamTimeouts) {
    this.#socket = socket;
    this.#timeouts = timeouts;
    this.greeting = this.#ask(undefined, 'reply');
    // Whoever opened the connection may have gone before the greeting came.
    this.greeting.catch(() => {});
  }

  /** TCP, or TLS at once for implicit TLS. Throws UPSTREAM_UNREACHABLE, _TLS, _CERTIFICATE. */
  static async open(
    target: UpstreamTarget,
    trust: ConnectionOptions,
    signal: AbortSignal,
  ): Promise<UpstreamConnection> {
    let tcp: Socket | undefined;
    const onAbort = (): void => void tcp?.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      tcp = await openTcp(target, signal);
      const connection = new UpstreamConnection(tcp, target.timeouts);
      if (target.tls === 'implicit') await connection.secure(trust);
      else connection.#listen();
      return connection;
    } catch (cause) {
      tcp?.destroy();
      throw connectFailure(cause);
    } finally {
      signal.removeEventListener('abort', onAbort);
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
  async secure(trust: ConnectionOptions): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const plain = this.#socket;
    this.#stopListening();
    plain.setTimeout(0);
    plain.on('error', () => {});
    refusePendingPlaintext(plain, this.#reader.pendingOctets, 'upstream');
    const secured: TLSSocket = await connectTls({ ...trust, socket: plain }).catch((cause) => {
      throw connectFailure(cause);
    });
    this.#socket = secured;
    this.#tls = tlsFactsOf(secured);
    this.#listen();
  }

  ask(line: Buffer, expected: 'reply' | 'sasl' = 'reply'): Promise<Answer> {
    return this.#ask(line, expected);
  }

  askForLines(line: Buffer, maxLines: number): Promise<Answer> {
    return this.#ask(line, 'lines', undefined, maxLines);
  }

  /** Resolves when the terminator has come; the content has then all been given to `sink`. */
  askForContent(line: Buffer, sink: ContentSink): Promise<Answer> {
    return this.#ask(line, 'content', sink);
  }

  /** Ends the connection at once; whatever is outstanding fails with `reason`. No QUIT is sent. */
  destroy(reason: AppError): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#socket.destroy();
    for (const question of [...this.#asked, ...this.#waiting]) question.reject(reason);
    this.#asked.length = 0;
    this.#waiting.length = 0;
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  #ask(
    line: Buffer | undefined,
    expected: Expected,
    sink?: ContentSink,
    maxLines = 0,
  ): Promise<Answer> {
    if (this.#idleNoops !== undefined) this.#idleNoops = 0;
    return this.#enqueue(line, expected, sink, maxLines);
  }

  #enqueue(
    line: Buffer | undefined,
    expected: Expected,
    sink?: ContentSink,
    maxLines = 0,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({
        line,
        expected,
        sink,
        maxLines,
        resolve,
        reject,
        status: undefined,
        lines: [],
        decoder: undefined,
      });
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    while (this.#asked.length === 0 || this.#mayPipeline) {
      const question = this.#waiting.shift();
      if (question === undefined) break;
      this.#asked.push(question);
      if (question.line !== undefined) this.#socket.write(question.line);
    }
    this.#watch();
  }

  /** The reply deadline runs while an answer is due and we are the ones who wait. */
  #watch(): void {
    const { replyMs, idleMs } = this.#timeouts;
    const quietMs = this.#idleNoops === undefined ? idleMs : Math.min(noopMs, idleMs);
    this.#socket.setTimeout(this.#isHeld ? 0 : this.#asked.length > 0 ? replyMs : quietMs);
  }

  /** Nothing came for as long as #watch allows. */
  #onQuiet(): void {
    if (this.#asked.length > 0) {
      this.destroy(upstreamTimeout('reply'));
    } else if (this.#idleNoops === undefined || this.#idleNoops * noopMs >= this.#timeouts.idleMs) {
      this.destroy(upstreamTimeout('idle'));
    } else {
      this.#idleNoops += 1;
      // A question like any other, so its answer can never be taken for that of the next one.
      this.#enqueue(noop, 'reply').catch(() => {});
    }
  }

  #listen(): void {
    const socket = this.#socket;
    const onData = (chunk: Buffer): void => {
      try {
        this.#take(chunk);
        // Only now: a surplus must have been noticed before the next question goes out.
        this.#sendWaiting();
      } catch (error) {
        this.destroy(toAppError(error));
      }
    };
    const onTimeout = (): void => this.#onQuiet();
    const onLost = (cause?: unknown): void => this.destroy(upstreamLost(cause));
    const onEnd = (): void => onLost();
    socket.setNoDelay(true);
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
    this.#watch();
  }

  #take(chunk: Buffer): void {
    const content = this.#asked[0]?.decoder;
    if (content !== undefined && this.#reader.pendingOctets === 0) {
      const used = this.#takeContent(chunk);
      if (used === chunk.length) return;
      this.#reader.push(chunk.subarray(used));
    } else {
      this.#reader.push(chunk);
    }
    this.#answer();
  }

  /** Answers as many questions as the octets at hand allow. */
  #answer(): void {
    for (;;) {
      const question = this.#asked[0];
      if (question === undefined) {
        if (this.#reader.pendingOctets > 0) throw protocolViolation('unasked data');
        return;
      }
      if (question.decoder !== undefined) {
        const pending = this.#reader.takePending();
        const used = this.#takeContent(pending);
        if (used < pending.length) this.#reader.push(pending.subarray(used));
        if (question === this.#asked[0]) return;
        continue;
      }
      const line = this.#maybeReadLine();
      if (line === undefined) return;
      this.#takeLine(question, line);
    }
  }

  /** The reader does not know whose line it is that has no end. */
  #maybeReadLine(): Buffer | undefined {
    try {
      return this.#reader.maybeReadLine();
    } catch {
      throw protocolViolation('line too long');
    }
  }

  #takeLine(question: Question, line: Buffer): void {
    if (question.status === undefined) {
      if (question.expected === 'sasl' && saslChallenge.test(line.toString('latin1'))) {
        this.#settle(question, { reply: noReply, lines: [line.subarray(1)], isChallenge: true });
        return;
      }
      const reply = parseReply(line);
      if (!reply.isOk || question.expected === 'reply' || question.expected === 'sasl') {
        this.#settle(question, { reply, lines: [], isChallenge: false });
        return;
      }
      question.status = reply;
      if (question.expected === 'content') question.decoder = new MultilineDecoder();
      return;
    }
    if (line.length === 1 && line[0] === 0x2e) {
      this.#settle(question, { reply: question.status, lines: question.lines, isChallenge: false });
      return;
    }
    if (question.lines.length >= question.maxLines) throw protocolViolation('too many lines');
    question.lines.push(line[0] === 0x2e ? line.subarray(1) : line);
  }

  #takeContent(chunk: Buffer): number {
    const question = this.#asked[0];
    const { sink, decoder, status } = question ?? {};
    if (question === undefined || sink === undefined || decoder === undefined) return 0;
    let wantsMore = true;
    const used = decoder.push(chunk, (content) => {
      wantsMore = sink.write(content) && wantsMore;
    });
    if (decoder.isEnded) {
      this.#settle(question, { reply: status ?? noReply, lines: [], isChallenge: false });
    } else if (!wantsMore) {
      this.#hold(sink);
    }
    return used;
  }

  /** Back-pressure: the socket is not read until the sink has room again. */
  #hold(sink: ContentSink): void {
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

  #settle(question: Question, answer: Answer): void {
    this.#asked.shift();
    question.resolve(answer);
  }
}

function openTcp(target: UpstreamTarget, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: target.host, port: target.port, autoSelectFamily: true });
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
