// Owns a scripted clamd: answers PING and VERSION, and hands each INSTREAM conversation to a script
// that may do what a real daemon never should.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '../../helpers/process.ts';

export type ScanScript = (scan: FakeScan) => void | Promise<void>;

/** In the form of the plugin's `socket` option. */
export type FakeAddress = string | { readonly host: string; readonly port: number };

/** Octets of a connection, taken only as they are asked for. */
class Octets {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    while (this.#rest.length < count) {
      const { done, value } = await this.#chunks.next();
      if (done) throw new Error('the client closed');
      this.#rest = Buffer.concat([this.#rest, value]);
    }
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  async drain(): Promise<void> {
    while (!(await this.#chunks.next()).done);
  }
}

/** The far end of one INSTREAM conversation, after its command. */
export class FakeScan {
  readonly socket: Socket;
  /** Stands before what is said first. */
  #replyPrefix: string;
  /** Lengths announced so far. */
  readonly prefixes: number[] = [];
  readonly #octets: Octets;

  constructor(socket: Socket, octets: Octets, replyPrefix: string) {
    this.socket = socket;
    this.#octets = octets;
    this.#replyPrefix = replyPrefix;
  }

  /** The next piece; undefined at the terminator. */
  async piece(): Promise<Buffer | undefined> {
    const length = (await this.#octets.take(4)).readUInt32BE();
    this.prefixes.push(length);
    return length === 0 ? undefined : await this.#octets.take(length);
  }

  /** Everything up to the terminator. */
  async message(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let next = await this.piece(); next !== undefined; next = await this.piece()) {
      pieces.push(next);
    }
    return Buffer.concat(pieces);
  }

  /** Reads on until the client is gone, in whatever way. */
  async closed(): Promise<void> {
    await this.#octets.drain().catch(() => {});
  }

  say(text: string): void {
    this.socket.write(this.#numbered(text));
  }

  /** A real clamd closes after each reply, but not in a session. */
  answer(text: string): void {
    const isInSession = this.#replyPrefix !== '' && text.endsWith('\0');
    if (isInSession) this.say(text);
    else this.socket.end(this.#numbered(text));
  }

  #numbered(text: string): string {
    const prefix = text === '' || text === pausedReply ? '' : this.#replyPrefix;
    if (text !== '') this.#replyPrefix = '';
    return prefix + text;
  }

  /** RST; on TCP only. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** The one reply that has no number in a session. */
const pausedReply = 'COMMAND READ TIMED OUT\n';

/** Takes the whole message and calls it clean. */
export const saysClean: ScanScript = async (scan) => {
  await scan.message();
  scan.answer('stream: OK\0');
};

export interface FakeClamdOptions {
  readonly script?: ScanScript;
  readonly version?: string;
  /** Default: a fresh unix socket. */
  readonly at?: 'unix' | 'tcp' | { readonly path: string };
}

export class FakeClamd implements AsyncDisposable {
  script: ScanScript;
  version: string;
  readonly address: FakeAddress;
  /** INSTREAM conversations begun so far. */
  scans = 0;
  /** Connections for them. */
  sessions = 0;
  readonly #server: Server;
  readonly #folder: TemporaryFolder | undefined;
  readonly #sockets = new Set<Socket>();

  private constructor(
    server: Server,
    address: FakeAddress,
    folder: TemporaryFolder | undefined,
    {
      script = saysClean,
      version = 'ClamAV 1.4.6/27500/Mon Nov  2 09:12:33 2026\n',
    }: FakeClamdOptions,
  ) {
    this.script = script;
    this.version = version;
    this.address = address;
    this.#server = server;
    this.#folder = folder;
    server.on('connection', (socket) => void this.#serve(socket));
  }

  static async start(options: FakeClamdOptions = {}): Promise<FakeClamd> {
    const at = options.at ?? 'unix';
    const server = createServer();
    if (at === 'tcp') {
      server.listen({ host: '127.0.0.1', port: 0 });
      await once(server, 'listening');
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error('no TCP port');
      return new FakeClamd(server, { host: '127.0.0.1', port: bound.port }, undefined, options);
    }
    const folder = at === 'unix' ? await temporaryFolder('fake-clamd') : undefined;
    const path = at === 'unix' ? join(folder?.path ?? '', 'clamd.sock') : at.path;
    server.listen(path);
    await once(server, 'listening');
    return new FakeClamd(server, path, folder, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await this.#folder?.[Symbol.asyncDispose]();
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    try {
      const octets = new Octets(socket);
      const command = (await octets.take(4)).toString();
      if (command === 'PING') socket.end('PONG\n');
      else if (command === 'nVER') socket.end(this.version);
      else if (command === 'zIDS') await this.#session(socket, octets);
      else await this.#scan(socket, octets, command, '');
    } catch {
      // The client went away, or asked for something else.
      socket.destroy();
    }
  }

  /** clamd(8), IDSESSION: one command after another, each reply under the number of its command. */
  async #session(socket: Socket, octets: Octets): Promise<void> {
    await octets.take('zIDSESSION\0'.length - 4);
    this.sessions += 1;
    for (let number = 1; socket.writable; number += 1) {
      await this.#scan(socket, octets, String(await octets.take(4)), `${number}: `);
    }
  }

  async #scan(socket: Socket, octets: Octets, start: string, prefix: string): Promise<void> {
    const command = start + (await octets.take(6)).toString();
    if (command !== 'zINSTREAM\0') throw new Error(`unexpected command ${command}`);
    this.scans += 1;
    await this.script(new FakeScan(socket, octets, prefix));
  }
}
