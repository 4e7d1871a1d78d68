// Owns one connection of a scripted server: sends and awaits octets exactly as told. It knows no
// POP3, every wait has a deadline, and whatever does not go as told is an error that says so.
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';
import type { Certificate } from './test-certificates.ts';

export type SecureOptions = Pick<SecureContextOptions, 'minVersion' | 'maxVersion' | 'ciphers'>;

export class ScriptedConnection {
  readonly #limitMs: number;
  #socket: Socket;
  #octets: Buffer = Buffer.alloc(0);
  #read = 0;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(socket: Socket, limitMs: number) {
    this.#limitMs = limitMs;
    this.#socket = socket;
    this.#listen();
  }

  /** All that came so far, as it reads without TLS. */
  get received(): string {
    return this.#octets.toString('latin1');
  }

  get isEncrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  /** The peer has ended the connection, or the script has. */
  get hasLeft(): boolean {
    return this.#isOver;
  }

  /** Sends the octets, if asked in chunks of that many, each in a packet of its own where the system allows. */
  async send(octets: Buffer | string, chunkOctets?: number): Promise<void> {
    const whole = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets;
    const step = chunkOctets ?? Math.max(whole.length, 1);
    for (let at = 0; at < whole.length && !this.#isOver; at += step) {
      await this.#write(whole.subarray(at, at + step));
      if (chunkOctets !== undefined) await new Promise(setImmediate);
    }
  }

  /** The next line, ended by CRLF, without it. */
  async readLine(): Promise<string> {
    await this.#until(() => this.#unread.includes('\r\n'), 'a line');
    const line = this.#unread.subarray(0, this.#unread.indexOf('\r\n'));
    this.#read += line.length + 2;
    return line.toString('latin1');
  }

  /** The next line is this one. */
  async expect(expected: string | RegExp): Promise<void> {
    const line = await this.readLine();
    const isAsExpected = typeof expected === 'string' ? line === expected : expected.test(line);
    if (!isAsExpected) throw new Error(`expected ${expected}, got ${JSON.stringify(line)}`);
  }

  /** The peer leaves, and sends nothing more before it does. */
  async expectEnd(): Promise<void> {
    await this.#until(() => this.#isOver || this.#unread.length > 0, 'the end');
    if (this.#unread.length === 0) return;
    throw new Error(`expected the end, got ${JSON.stringify(this.#unread.toString('latin1'))}`);
  }

  /** The server side of a TLS handshake. */
  async secure(certificate: Certificate, options: SecureOptions = {}): Promise<void> {
    if (this.#unread.length > 0) throw new Error(`octets before TLS: ${this.#unread}`);
    const { certPem: cert, keyPem: key } = certificate;
    const secureContext = createSecureContext({ cert, key, ...options });
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => {});
    const secured = new TLSSocket(this.#socket, { isServer: true, secureContext });
    this.#socket = secured;
    this.#listen();
    let isSecure = false;
    secured.once('secure', () => {
      isSecure = true;
      this.#wake();
    });
    await this.#until(() => isSecure || this.#isOver, 'a TLS handshake');
    if (!isSecure) throw new Error('the peer did not complete the TLS handshake');
  }

  /** A handshake that the peer does not accept: it leaves without an octet of its own. */
  async secureInVain(certificate: Certificate, options: SecureOptions = {}): Promise<void> {
    // In TLS 1.3 the server has finished before the client looks at its name.
    await this.secure(certificate, options).catch(() => {});
    await this.expectEnd();
  }

  /** Ends the connection in order: what was sent still arrives. */
  end(): void {
    this.#socket.end();
  }

  /** Ends the connection by a TCP reset. */
  reset(): void {
    this.#isOver = true;
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  get #unread(): Buffer {
    return this.#octets.subarray(this.#read);
  }

  #listen(): void {
    const over = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => {
      this.#octets = Buffer.concat([this.#octets, chunk]);
      this.#wake();
    });
    this.#socket.on('error', over);
    this.#socket.on('end', over);
    this.#socket.on('close', over);
  }

  /** A peer that has gone is no error here: whether it may go is for the next step to say. */
  #write(octets: Buffer): Promise<void> {
    return this.#withLimit('room to send', (done) => this.#socket.write(octets, () => done()));
  }

  async #until(isMet: () => boolean, what: string): Promise<void> {
    if (isMet()) return;
    await this.#withLimit(what, (done, fail) => {
      this.#wake = () => {
        if (isMet()) done();
        else if (this.#isOver) fail(new Error(`expected ${what}, but the peer has left`));
      };
      this.#wake();
    });
    this.#wake = () => {};
  }

  #withLimit(
    what: string,
    start: (done: () => void, fail: (error: Error) => void) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`waited ${this.#limitMs} ms for ${what}`)),
        this.#limitMs,
      );
      const settle = (settled: () => void): void => {
        clearTimeout(timer);
        settled();
      };
      start(
        () => settle(resolve),
        (error) => settle(() => reject(error)),
      );
    });
  }
}
