// Owns the POP3 client of the tests: strict about every octet, patient with nothing.
// It keeps wire octets as they came and shares no code with the product, so that both cannot err alike.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type ClientTls = 'none' | 'stls' | 'implicit';

export interface ConnectOptions {
  readonly port: number;
  readonly host?: string;
  /** Address to come from. */
  readonly localAddress?: string;
  readonly tls?: ClientTls;
  /** PEM of the only authority to trust. */
  readonly ca?: string;
  /** Name demanded of the certificate. */
  readonly serverName?: string;
  /** Limit for each single reply. */
  readonly limitMs?: number;
}

export interface Content {
  /** Wire octets after the status line, dot-stuffed, terminator included; empty after -ERR. */
  readonly raw: Buffer;
  /** The same without stuffing and terminator. */
  readonly body: Buffer;
}

export interface MultilineReply extends Content {
  /** The status line without CRLF. */
  readonly status: string;
}

/** The peer ended the connection where more octets were due. */
export class ConnectionEnded extends Error {
  readonly received: Buffer;

  constructor(received: Buffer, cause: unknown) {
    super(`connection ended after ${received.length} octets of an unfinished reply`, { cause });
    this.name = 'ConnectionEnded';
    this.received = received;
  }
}

/** No complete reply came in time. */
export class ReplyMissed extends Error {
  readonly received: Buffer;

  constructor(received: Buffer, limitMs: number) {
    super(`no complete reply within ${limitMs} ms, only ${received.length} octets`);
    this.name = 'ReplyMissed';
    this.received = received;
  }
}

const crlf = Buffer.from('\r\n');
const terminator = Buffer.from('\r\n.\r\n');

export class Pop3Client {
  readonly limitMs: number;
  /** Resolves when the connection is over, however it ended. */
  readonly closed: Promise<void>;
  greeting = '';
  #socket: Socket;
  #buffer: Buffer = Buffer.alloc(64 * 1024);
  #used = 0;
  #isOver = false;
  #failure: unknown;
  #wake: () => void = () => {};
  readonly #markClosed: () => void;

  private constructor(socket: Socket, limitMs: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#markClosed = resolve;
    this.#socket = socket;
    this.limitMs = limitMs;
    this.#listen();
  }

  /** Connects, makes TLS stand if asked to, and reads the greeting. */
  static async connect(options: ConnectOptions): Promise<Pop3Client> {
    const limitMs = options.limitMs ?? 60_000;
    const host = options.host ?? '127.0.0.1';
    const { port, localAddress } = options;
    const tcp = connectTcp({ host, port, noDelay: true, ...(localAddress && { localAddress }) });
    await settled(tcp, 'connect', limitMs);
    const first = options.tls === 'implicit' ? await secure(tcp, options, limitMs) : tcp;
    const client = new Pop3Client(first, limitMs);
    client.greeting = await client.readLine();
    if (options.tls === 'stls') await client.startTls(options);
    return client;
  }

  /** STLS on the open connection. */
  async startTls(options: Pick<ConnectOptions, 'ca' | 'serverName'>): Promise<void> {
    const reply = await this.command('STLS');
    if (!reply.startsWith('+OK')) throw new Error(`STLS refused: ${reply}`);
    this.#expectNothingPending('STLS');
    const plain = this.#socket;
    plain.removeAllListeners();
    this.#socket = await secure(plain, options, this.limitMs);
    this.#listen();
  }

  async login(user: string, password: string): Promise<void> {
    for (const line of [`USER ${user}`, `PASS ${password}`]) {
      const reply = await this.command(line);
      if (!reply.startsWith('+OK')) throw new Error(`login refused: ${reply}`);
    }
  }

  /** Sends one line; gives the one line that answers it. */
  async command(line: string): Promise<string> {
    this.#expectNothingPending(line);
    this.send(`${line}\r\n`);
    return this.readLine();
  }

  /** Sends one line that is answered by a listing or a message. */
  async multiline(line: string): Promise<MultilineReply> {
    this.#expectNothingPending(line);
    this.send(`${line}\r\n`);
    return this.readMultiline();
  }

  /** All messages of the maildrop, in order. */
  async retrieveAll(): Promise<MultilineReply[]> {
    const stat = /^\+OK (\d+) \d+/.exec(await this.command('STAT'));
    if (stat === null) throw new Error('STAT was not understood');
    const replies: MultilineReply[] = [];
    for (let number = 1; number <= Number(stat[1]); number++) {
      replies.push(await this.multiline(`RETR ${number}`));
    }
    return replies;
  }

  /** Octets as they are, for pipelining and for what no decent client would send. */
  send(octets: string | Buffer): void {
    this.#socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
  }

  async readLine(): Promise<string> {
    const end = await this.#find(crlf);
    const line = this.#take(end + crlf.length)
      .subarray(0, end)
      .toString('latin1');
    if (/[\r\n]/.test(line)) throw new Error(`bare CR or LF in a reply line: ${line}`);
    return line;
  }

  async readMultiline(): Promise<MultilineReply> {
    const status = await this.readLine();
    if (!/^\+OK( |$)/.test(status)) return { status, raw: Buffer.alloc(0), body: Buffer.alloc(0) };
    return { status, ...(await this.readContent()) };
  }

  /** What follows a status line that has been read already. */
  async readContent(): Promise<Content> {
    await this.#until(() => (this.#used >= 3 ? this.#used : undefined));
    const isEmpty = this.#buffer.subarray(0, 3).equals(terminator.subarray(2));
    const end = isEmpty ? 3 : (await this.#find(terminator)) + terminator.length;
    const raw = this.#take(end);
    return { raw, body: unstuff(raw.subarray(0, -3)) };
  }

  /** Stops reading, so that the peer feels back-pressure. */
  stall(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Leaves without QUIT. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Octets that have come and that nobody has asked for. */
  get pending(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#used));
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => {
      this.#append(chunk);
      this.#wake();
    });
    socket.on('error', (error) => {
      this.#failure = error;
    });
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
  }

  #end(): void {
    this.#isOver = true;
    this.#wake();
    this.#markClosed();
  }

  #append(chunk: Buffer): void {
    if (this.#used + chunk.length > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#used + chunk.length));
      this.#buffer.copy(larger, 0, 0, this.#used);
      this.#buffer = larger;
    }
    chunk.copy(this.#buffer, this.#used);
    this.#used += chunk.length;
  }

  #take(count: number): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, count));
    this.#buffer.copy(this.#buffer, 0, count, this.#used);
    this.#used -= count;
    return taken;
  }

  #find(wanted: Buffer): Promise<number> {
    let searched = 0;
    return this.#until(() => {
      const found = this.#buffer.subarray(0, this.#used).indexOf(wanted, searched);
      searched = Math.max(0, this.#used - wanted.length + 1);
      return found === -1 ? undefined : found;
    });
  }

  async #until(probe: () => number | undefined): Promise<number> {
    const { promise: expired, resolve: expire } = Promise.withResolvers<'expired'>();
    const timer = setTimeout(() => expire('expired'), this.limitMs);
    try {
      for (;;) {
        const arrival = Promise.withResolvers<'arrived'>();
        this.#wake = () => arrival.resolve('arrived');
        const answer = probe();
        if (answer !== undefined) return answer;
        if (this.#isOver) throw new ConnectionEnded(this.pending, this.#failure);
        if ((await Promise.race([arrival.promise, expired])) === 'expired') {
          throw new ReplyMissed(this.pending, this.limitMs);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #expectNothingPending(line: string): void {
    if (this.#used === 0) return;
    throw new Error(`octets nobody asked for before "${line}": ${this.pending.toString('latin1')}`);
  }
}

async function secure(
  tcp: Socket,
  options: Pick<ConnectOptions, 'ca' | 'serverName'>,
  limitMs: number,
): Promise<Socket> {
  const tls = connectTls({
    socket: tcp,
    servername: options.serverName ?? 'localhost',
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  await settled(tls, 'secureConnect', limitMs);
  return tls;
}

function settled(socket: Socket, event: string, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`no ${event} within ${limitMs} ms`)), limitMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const closed = (): void => fail(new Error(`connection closed before ${event}`));
    socket.once('error', fail);
    socket.once('close', closed);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off('error', fail);
      socket.off('close', closed);
      resolve();
    });
  });
}

/** Offsets of lines that start with a single dot; a server that stuffs as RFC 1939 s.3 demands has none. */
export function stuffingFaults({ raw }: Content): number[] {
  const content = raw.subarray(0, -3);
  return dottedLines(content).filter((line) => content[line + 1] !== 0x2e);
}

// RFC 1939 s.3: of a line that starts with "." the client takes that octet away, whatever follows.
function unstuff(stuffed: Buffer): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const line of dottedLines(stuffed)) {
    parts.push(stuffed.subarray(from, line));
    from = line + 1;
  }
  parts.push(stuffed.subarray(from));
  return Buffer.concat(parts);
}

function dottedLines(stuffed: Buffer): number[] {
  const found = stuffed[0] === 0x2e ? [0] : [];
  for (let at = stuffed.indexOf('\r\n.'); at !== -1; at = stuffed.indexOf('\r\n.', at + 2)) {
    found.push(at + 2);
  }
  return found;
}
