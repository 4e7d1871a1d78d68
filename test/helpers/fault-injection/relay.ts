// Owns a relay in front of a POP3 server which lets a connection break, where and how a test wants it.
// It knows whose connection it is by the USER line, so that each account breaks by its own plan.
import { connect, createServer, type Socket } from 'node:net';

/**
 * What happens once that many octets of the server have got through, counted from the USER line on.
 * `feign` ends a multi-line reply there as if it were whole: the defect that must be noticed.
 */
export interface Cut {
  readonly how: 'reset' | 'close' | 'stall' | 'feign';
  readonly afterOctets: number;
}

export interface RelayOptions {
  readonly toPort: number;
  /** Whose connection breaks; the other end is let go in good order. */
  readonly suffering: 'client' | 'server';
  /** How long a stall lasts. */
  readonly stallMs: number;
}

export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** For all further connections of this user; undefined lets them live. */
  arm(user: string, cut: Cut | undefined, onFired?: () => void): void;
  /** Resolves when the server has closed all connections of this user. */
  idle(user: string): Promise<void>;
}

interface Armed {
  readonly cut: Cut;
  onFired(): void;
}

const host = '127.0.0.1';
/** A server that is told of the end closes sooner. */
const patienceMs = 5000;

export async function startRelay({ toPort, suffering, stallMs }: RelayOptions): Promise<Relay> {
  const armed = new Map<string, Armed>();
  const open = new Map<string, Set<Promise<void>>>();
  const sockets = new Set<Socket>();

  const note = (user: string, server: Socket): void => {
    const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
    const all = open.get(user) ?? new Set();
    open.set(user, all);
    all.add(ended);
    void ended.then(() => all.delete(ended));
  };

  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ host, port: toPort, noDelay: true });
    for (const socket of [client, server]) {
      sockets.add(socket);
      // Breaking off is what this is for.
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    new Passage(client, server, { suffering, stallMs }).follow((user) => {
      note(user, server);
      return armed.get(user);
    });
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen({ host, port: 0 }, resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    arm(user, cut, onFired = () => {}) {
      if (cut === undefined) armed.delete(user);
      else armed.set(user, { cut, onFired });
    },
    async idle(user) {
      while ((open.get(user)?.size ?? 0) > 0) await Promise.all(open.get(user) ?? []);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** One connection through the relay. */
class Passage {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #options: Pick<RelayOptions, 'suffering' | 'stallMs'>;
  #armed: Armed | undefined;
  #left = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(
    client: Socket,
    server: Socket,
    options: Pick<RelayOptions, 'suffering' | 'stallMs'>,
  ) {
    this.#client = client;
    this.#server = server;
    this.#options = options;
  }

  follow(whoIs: (user: string) => Armed | undefined): void {
    const client = this.#client;
    const server = this.#server;
    let said: string | undefined = '';
    client.on('data', (octets: Buffer) => {
      if (this.#isOver) return;
      if (said !== undefined) {
        said += octets.toString('latin1');
        const user = /^USER (.*)\r$/m.exec(said)?.[1];
        if (user !== undefined) {
          said = undefined;
          this.#armed = whoIs(user);
          this.#left = this.#armed?.cut.afterOctets ?? Number.POSITIVE_INFINITY;
        }
      }
      if (!server.write(octets)) {
        client.pause();
        server.once('drain', () => client.resume());
      }
    });
    server.on('data', (octets: Buffer) => this.#pass(octets));
    client.on('end', () => this.#letGo(server));
    client.on('close', () => this.#letGo(server));
    server.on('end', () => client.end());
    server.on('close', () => client.destroySoon());
  }

  #pass(octets: Buffer): void {
    if (this.#isOver) return;
    const client = this.#client;
    if (octets.length < this.#left || this.#armed === undefined) {
      this.#left -= octets.length;
      if (client.write(octets)) return;
      this.#server.pause();
      client.once('drain', () => this.#server.resume());
      return;
    }
    const { cut, onFired } = this.#armed;
    this.#armed = undefined;
    onFired();
    client.write(octets.subarray(0, this.#left));
    this.#break(cut.how, octets.subarray(this.#left));
  }

  #break(how: Cut['how'], rest: Buffer): void {
    const [suffering, other] =
      this.#options.suffering === 'client'
        ? [this.#client, this.#server]
        : [this.#server, this.#client];
    if (how === 'stall') {
      this.#stall(rest);
      return;
    }
    this.#isOver = true;
    if (how === 'feign') this.#client.write('\r\n.\r\n');
    if (how === 'reset') suffering.resetAndDestroy();
    else if (suffering === this.#client) suffering.end();
    else suffering.destroy();
    this.#letGo(other);
  }

  #stall(rest: Buffer): void {
    this.#server.pause();
    const timer = setTimeout(() => {
      this.#client.write(rest);
      this.#server.resume();
    }, this.#options.stallMs);
    for (const socket of [this.#client, this.#server]) {
      socket.once('close', () => clearTimeout(timer));
    }
  }

  /** In good order: what it still sends is taken, and it closes by itself. */
  #letGo(socket: Socket): void {
    if (socket === this.#client) {
      socket.end();
      return;
    }
    this.#isOver = true;
    if (socket.closed) return;
    socket.end();
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.once('close', () => clearTimeout(timer));
  }
}
