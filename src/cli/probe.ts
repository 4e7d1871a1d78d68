// Owns one question: does a POP3 server answer at this place, in this way? It sends no credential.
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { systemClock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { AppError, explain } from '../base/errors.ts';
import { parseCapabilities, type UpstreamCapabilities } from '../pop3/capability.ts';
import { capabilityMaxLines, upstreamLineMaxOctets } from '../pop3/limits.ts';
import { LineReader } from '../pop3/line-reader.ts';
import { parseReply, printable } from '../pop3/reply.ts';
import { connectTls, refusePendingPlaintext, type TlsFacts, tlsFactsOf } from '../tls/upgrade.ts';

export interface ProbeRequest {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'stls' | 'none';
  /** PEM, instead of the authorities of the system. */
  readonly ca?: string;
  readonly stepLimitMs: number;
}

export type ProbeStep = 'connect' | 'greeting' | 'tls' | 'capabilities';

export type ProbeResult =
  | {
      readonly kind: 'reached';
      /** Printable text after +OK. */
      readonly greeting: string;
      /** Undefined when the server knows no CAPA. */
      readonly capabilities: UpstreamCapabilities | undefined;
      readonly tls: TlsFacts | undefined;
    }
  | { readonly kind: 'failed'; readonly step: ProbeStep; readonly reason: string };

/** Connects, reads greeting and capabilities, and says QUIT; the certificate must be valid for the host. */
export async function probe(request: ProbeRequest): Promise<ProbeResult> {
  const dialog = new ProbeDialog(request);
  try {
    return await dialog.run();
  } catch (error) {
    return { kind: 'failed', step: dialog.currentStep, reason: explain(rootOf(error)) };
  } finally {
    dialog.close();
  }
}

class ProbeDialog {
  currentStep: ProbeStep = 'connect';
  readonly #request: ProbeRequest;
  readonly #reader = new LineReader(upstreamLineMaxOctets);
  #socket: Socket | undefined;
  #chunks: AsyncIterator<Buffer> | undefined;
  #tls: TlsFacts | undefined;

  constructor(request: ProbeRequest) {
    this.#request = request;
  }

  async run(): Promise<ProbeResult> {
    await this.#step('connect', () => this.#connect());
    if (this.#request.tls === 'implicit') await this.#step('tls', () => this.#secure());
    const greeting = await this.#step('greeting', () => this.#expectOk());
    if (this.#request.tls === 'stls') {
      await this.#step('tls', async () => {
        this.#send('STLS');
        await this.#expectOk();
        await this.#secure();
      });
    }
    const capabilities = await this.#step('capabilities', () => this.#askCapabilities());
    this.#send('QUIT');
    return { kind: 'reached', greeting, capabilities, tls: this.#tls };
  }

  close(): void {
    this.#socket?.destroy();
  }

  async #step<T>(step: ProbeStep, work: () => Promise<T>): Promise<T> {
    this.currentStep = step;
    const onExpiry = () => {
      const seconds = this.#request.stepLimitMs / 1000;
      return violation(`no answer within ${seconds} s`);
    };
    return withDeadline(systemClock, this.#request.stepLimitMs, undefined, work, onExpiry);
  }

  #connect(): Promise<void> {
    const { host, port } = this.#request;
    return new Promise((resolve, reject) => {
      const socket = connectTcp({ host, port });
      this.#socket = socket;
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        this.#adopt(socket);
        resolve();
      });
    });
  }

  async #secure(): Promise<void> {
    const plain = this.#current();
    await this.#chunks?.return?.();
    refusePendingPlaintext(plain, this.#reader.pendingOctets, 'upstream');
    const secured = await connectTls({ ...this.#trust(), socket: plain });
    this.#tls = tlsFactsOf(secured);
    this.#adopt(secured);
  }

  #trust(): ConnectionOptions {
    const { host, ca } = this.#request;
    return {
      host,
      minVersion: 'TLSv1.2',
      // RFC 6066 s.3: SNI carries names only.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
    };
  }

  #adopt(socket: Socket): void {
    this.#socket = socket;
    // A failure is seen by whoever reads; without a listener it would end the program.
    socket.on('error', () => {});
    this.#chunks = socket.iterator({ destroyOnReturn: false });
  }

  #current(): Socket {
    if (this.#socket === undefined) throw violation('not connected');
    return this.#socket;
  }

  #send(command: string): void {
    this.#current().write(`${command}\r\n`);
  }

  async #line(): Promise<Buffer> {
    for (;;) {
      const line = this.#reader.maybeReadLine();
      if (line !== undefined) return line;
      const chunk = await this.#chunks?.next();
      if (chunk === undefined || chunk.done) throw violation('the connection was closed');
      this.#reader.push(chunk.value);
    }
  }

  async #expectOk(): Promise<string> {
    const { isOk, text } = parseReply(await this.#line());
    if (!isOk) throw violation(`refused: ${printable(text)}`);
    return printable(text);
  }

  async #askCapabilities(): Promise<UpstreamCapabilities | undefined> {
    this.#send('CAPA');
    if (!parseReply(await this.#line()).isOk) return undefined;
    const lines: Buffer[] = [];
    for (;;) {
      const line = await this.#line();
      if (line.equals(Buffer.from('.'))) return parseCapabilities(lines);
      if (lines.push(line) > capabilityMaxLines) throw violation('an endless list of capabilities');
    }
  }
}

function violation(text: string): AppError {
  return new AppError('PROBE_FAILED', { fault: 'upstream', publicText: text });
}

/** The reason below our own words says more here: a name that does not resolve, a certificate that is not valid. */
function rootOf(error: unknown): unknown {
  if (error instanceof AppError) {
    return error.cause instanceof Error ? rootOf(error.cause) : error.publicText;
  }
  // Node tries several addresses of a name and reports them together.
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  return error;
}
