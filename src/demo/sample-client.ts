// Owns the demo's own POP3 client: one command at a time, messages measured while they stream. It
// knows nothing of the proxy.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { AppError } from '../base/errors.ts';
import { Unstuffer } from './dot-stuffing.ts';
import { LineSource } from './line-source.ts';
import { type MessageFingerprint, MessageFingerprinter } from './message-fingerprint.ts';
import type { SampleAccount } from './sample-session.ts';

export interface SampleClientOptions {
  readonly address: string;
  readonly port: number;
  readonly security: 'plain' | 'stls' | 'implicit';
  /** The authority that must have signed the server's certificate. */
  readonly caPem?: string;
  /** Name that the certificate must carry. */
  readonly serverName?: string;
  /** For which the server may be silent. */
  readonly silenceMs: number;
}

export interface Listing {
  readonly number: number;
  readonly octets: number;
  readonly uidl: string;
}

/** Connects, up to and including TLS. */
export async function connectSampleClient(options: SampleClientOptions): Promise<SampleClient> {
  const { address, port } = options;
  const tlsOptions: ConnectionOptions = {
    ...(options.caPem === undefined ? {} : { ca: options.caPem }),
    ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    host: address,
  };
  if (options.security === 'implicit') {
    const socket = connectTls({ ...tlsOptions, port });
    await once(socket, 'secureConnect');
    return await SampleClient.greet(socket, options.silenceMs);
  }
  const socket = connect({ host: address, port, noDelay: true });
  await once(socket, 'connect');
  const client = await SampleClient.greet(socket, options.silenceMs);
  if (options.security === 'stls') await client.startTls(tlsOptions);
  return client;
}

export class SampleClient {
  #socket: Socket;
  #source: LineSource;
  readonly #silenceMs: number;

  private constructor(socket: Socket, silenceMs: number) {
    this.#silenceMs = silenceMs;
    this.#socket = socket;
    this.#watch(socket);
    this.#source = new LineSource(socket);
  }

  /** Takes a connected socket and waits for the greeting. */
  static async greet(socket: Socket, silenceMs: number): Promise<SampleClient> {
    const client = new SampleClient(socket, silenceMs);
    await client.#reply('greeting');
    return client;
  }

  async startTls(options: ConnectionOptions): Promise<void> {
    await this.#command('STLS');
    if (this.#source.pendingOctets > 0) throw broken('octets between STLS and TLS');
    await this.#source.release();
    const encrypted = connectTls({ ...options, socket: this.#socket });
    await once(encrypted, 'secureConnect');
    this.#watch(encrypted);
    this.#socket = encrypted;
    this.#source = new LineSource(encrypted);
  }

  async login({ user, password }: SampleAccount): Promise<void> {
    await this.#command(`USER ${user}`);
    await this.#command(`PASS ${password}`, 'PASS');
  }

  async capabilities(): Promise<string[]> {
    await this.#command('CAPA');
    return await this.#lines();
  }

  /** LIST and UIDL, joined. */
  async list(): Promise<Listing[]> {
    await this.#command('LIST');
    const sizes = (await this.#lines()).map((line) => line.split(' '));
    await this.#command('UIDL');
    const uidls = new Map((await this.#lines()).map((line) => splitOnce(line)));
    return sizes.map(([number = '', octets = '']) => ({
      number: Number(number),
      octets: Number(octets),
      uidl: uidls.get(number) ?? '',
    }));
  }

  /** Reads one message to its end; `onProgress` hears of the octets so far. */
  async retrieve(
    number: number,
    onProgress: (octets: number) => void = () => {},
  ): Promise<MessageFingerprint> {
    await this.#command(`RETR ${number}`);
    const fingerprinter = new MessageFingerprinter();
    for await (const piece of this.#multiline()) {
      fingerprinter.update(piece);
      onProgress(fingerprinter.octets);
    }
    return fingerprinter.finish();
  }

  async quit(): Promise<void> {
    await this.#command('QUIT');
    this.close();
  }

  /** Closes without QUIT. */
  close(): void {
    this.#socket.destroy();
  }

  #watch(socket: Socket): void {
    // Whoever reads gets the error; without a reader it means nothing.
    socket.on('error', () => {});
    socket.setTimeout(this.#silenceMs, () => {
      socket.destroy(broken(`the server was silent for ${this.#silenceMs} ms`));
    });
  }

  async #command(line: string, shownAs = line): Promise<string> {
    this.#socket.write(`${line}\r\n`, 'latin1');
    return await this.#reply(shownAs);
  }

  async #reply(command: string): Promise<string> {
    const line = await this.#source.readLine();
    if (line === undefined) throw broken(`the connection ended before the reply to ${command}`);
    if (/^\+OK(?: |$)/.test(line)) return line;
    throw new AppError('SAMPLE_CLIENT_REFUSED', {
      fault: 'upstream',
      publicText: `${command} was answered by ${line}`,
    });
  }

  async #lines(): Promise<string[]> {
    const pieces: Buffer[] = [];
    for await (const piece of this.#multiline()) pieces.push(piece);
    return Buffer.concat(pieces).toString('latin1').split('\r\n').slice(0, -1);
  }

  async *#multiline(): AsyncGenerator<Buffer> {
    const unstuffer = new Unstuffer();
    for (;;) {
      const piece = await this.#source.readPiece();
      if (piece === undefined) throw broken('the connection ended within a message');
      const { content, rest } = unstuffer.feed(piece);
      yield* content;
      if (rest !== undefined) {
        this.#source.unread(rest);
        return;
      }
    }
  }
}

function splitOnce(line: string): [string, string] {
  const blank = line.indexOf(' ');
  return [line.slice(0, blank), line.slice(blank + 1)];
}

function broken(text: string): AppError {
  return new AppError('SAMPLE_CLIENT_BROKEN', { fault: 'upstream', publicText: text });
}
