// Owns one question: does a POP3 server answer at this place, in this way? It sends no credential.
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { AppError, explain } from '../base/errors.ts';
import { parseCapabilities, type UpstreamCapabilities } from '../pop3/capability.ts';
import { capabilityMaxLines, upstreamLineMaxOctets } from '../pop3/limits.ts';
import { LineReader } from '../pop3/line-reader.ts';
import { parseReply, printable } from '../pop3/reply.ts';
import { type CertificateFacts, factsOf } from '../tls/certificate-facts.ts';
import {
  connectTls,
  refusePendingPlaintext,
  type TlsFacts,
  tlsFactsOf,
  type VerifiedOptions,
} from '../tls/upgrade.ts';

export interface ProbeRequest {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'stls' | 'none';
  /** How the server is verified; by default for the host, with the authorities of the system. */
  readonly trust?: VerifiedOptions;
  /** Sent before anything else. */
  readonly preamble?: Buffer | undefined;
  readonly stepLimitMs: number;
}

/** What the server showed. */
export interface ProbedTls extends TlsFacts {
  readonly certificate: CertificateFacts | undefined;
  /** Why it is not valid, as a code of OpenSSL or Node; only where the request accepts such a one. */
  readonly problem: string | undefined;
}

export type ProbeStep = 'connect' | 'greeting' | 'tls' | 'capabilities';

export type ProbeResult =
  | {
      readonly kind: 'reached';
      /** Printable text after +OK. */
      readonly greeting: string;
      /** Undefined when the server knows no CAPA. */
      readonly capabilities: UpstreamCapabilities | undefined;
      readonly tls: ProbedTls | undefined;
    }
  | {
      readonly kind: 'failed';
      readonly step: ProbeStep;
      readonly reason: string;
      /** Of the operating system, OpenSSL or Node. */
      readonly code: string | undefined;
    };

/** Connects, reads greeting and capabilities, and says QUIT; the certificate must be valid for the host. */
export async function probe(request: ProbeRequest): Promise<ProbeResult> {
  const dialog = new ProbeDialog(request);
  try {
    return await dialog.run();
  } catch (error) {
    const root = rootOf(error);
    return { kind: 'failed', step: dialog.currentStep, reason: explain(root), code: codeOf(root) };
  } finally {
    dialog.close();
  }
}

/** For the answer to QUIT and the end of the connection. */
const farewellMs = 1000;

class ProbeDialog {
  currentStep: ProbeStep = 'connect';
  readonly #request: ProbeRequest;
  readonly #reader = new LineReader(upstreamLineMaxOctets);
  #socket: Socket | undefined;
  #chunks: AsyncIterator<Buffer> | undefined;
  #tls: ProbedTls | undefined;
  #hasLeft = false;

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
    await this.#leave();
    return { kind: 'reached', greeting, capabilities, tls: this.#tls };
  }

  close(): void {
    if (!this.#hasLeft) this.#socket?.destroy();
  }

  /** Nobody waits for the answer to QUIT, but a connection cut before it would look like an accident. */
  async #leave(): Promise<void> {
    const socket = this.#current();
    await this.#chunks?.return?.();
    this.#hasLeft = true;
    socket.end('QUIT\r\n');
    socket.resume();
    systemClock.after(farewellMs, () => socket.destroy());
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
    const { host, port, preamble } = this.#request;
    return new Promise((resolve, reject) => {
      const socket = connectTcp({ host, port });
      this.#socket = socket;
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        this.#adopt(socket);
        if (preamble !== undefined) socket.write(preamble);
        resolve();
      });
    });
  }

  async #secure(): Promise<void> {
    const plain = this.#current();
    await this.#chunks?.return?.();
    refusePendingPlaintext(plain, this.#reader.pendingOctets, 'upstream');
    const secured = await connectTls({ ...this.#trust(), socket: plain });
    this.#tls = probedTls(secured);
    this.#adopt(secured);
  }

  #trust(): VerifiedOptions {
    const { host, trust } = this.#request;
    return {
      host,
      minVersion: 'TLSv1.2',
      // RFC 6066 s.3: SNI carries names only.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...trust,
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

function probedTls(socket: TLSSocket): ProbedTls {
  const shown = socket.getPeerX509Certificate();
  const { authorizationError } = socket;
  return {
    ...tlsFactsOf(socket),
    certificate: shown === undefined ? undefined : factsOf(shown),
    // Node has the code here in some cases, and in others the error itself.
    problem:
      codeOf(authorizationError) ?? (authorizationError ? `${authorizationError}` : undefined),
  };
}

function codeOf(error: unknown): string | undefined {
  const hasCode = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return hasCode ? (error.code as string) : undefined;
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
