// Owns a scripted spamd: takes one question for each connection and hands it to a script, which may do
// what a real daemon never should.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface FakeQuestion {
  readonly socket: Socket;
  /** Resolves when the client has sent as much as it has announced. */
  readonly asked: Promise<Asked>;
}

export interface Asked {
  readonly command: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly content: Buffer;
}

export type Script = (question: FakeQuestion) => void | Promise<void>;

export function answerOf(rating: string, report = ''): string {
  const length = Buffer.byteLength(report);
  return `SPAMD/1.1 0 EX_OK\r\nContent-length: ${length}\r\nSpam: ${rating}\r\n\r\n${report}`;
}

/** Takes the whole message, and says so. */
export function says(answer: string | Buffer): Script {
  return async ({ socket, asked }) => {
    await asked;
    socket.end(answer);
  };
}

export class FakeSpamd implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  script: Script;
  /** All questions that came whole. */
  readonly questions: Asked[] = [];
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number, script: Script) {
    this.#server = server;
    this.port = port;
    this.script = script;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async start(script: Script): Promise<FakeSpamd> {
    const server = createServer();
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('no TCP port');
    return new FakeSpamd(server, bound.port, script);
  }

  /** As one of the plugin's `servers`. */
  get address(): { readonly host: string; readonly port: number } {
    return { host: this.host, port: this.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    void this.script({ socket, asked: this.#read(socket) });
  }

  #read(socket: Socket): Promise<Asked> {
    const { promise, resolve } = Promise.withResolvers<Asked>();
    const pieces: Buffer[] = [];
    let missing: number | undefined;
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      missing = missing === undefined ? missingOf(Buffer.concat(pieces)) : missing - piece.length;
      if (missing !== undefined && missing <= 0) resolve(toAsked(Buffer.concat(pieces)));
    });
    void promise.then((asked) => this.questions.push(asked));
    return promise;
  }
}

/** Octets that are still to come; undefined before the end of the head. */
function missingOf(said: Buffer): number | undefined {
  const end = said.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const length = Number(toAsked(said).fields.get('Content-length') ?? 0);
  return end + 4 + length - said.length;
}

function toAsked(said: Buffer): Asked {
  const end = said.indexOf('\r\n\r\n');
  const [command = '', ...lines] = said.toString('latin1', 0, end).split('\r\n');
  const fields = new Map(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(': ');
      return [name, value] as const;
    }),
  );
  return { command, fields, content: said.subarray(end + 4) };
}
