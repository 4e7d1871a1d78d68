// Owns the connections to one clamd on which one scan follows another (clamd(8), IDSESSION): whose
// turn each is, and how long it may lie idle. It never looks into a reply.
import type { Socket } from 'node:net';

/** One scan on one connection. */
export interface ScanTurn {
  readonly socket: Socket;
  /** What has to be sent before the content. */
  readonly opening: string;
  /** With what the reply to this scan, and to no other, begins. */
  readonly replyPrefix: string;
  /** Whether scans went before it; clamd may have closed the connection meanwhile. */
  readonly isReused: boolean;
}

// Well under every CommandReadTimeout and IdleTimeout, which are 30 seconds if nobody changed them.
const maxIdleMs = 2000;
const idleEvents = ['data', 'end', 'close', 'timeout'] as const;

interface Session {
  readonly socket: Socket;
  turns: number;
  /** Whatever happens while nothing is asked is the end of it. */
  readonly drop: () => void;
}

export class Sessions {
  readonly #connect: (signal: AbortSignal) => Promise<Socket>;
  /** Least recently used first. */
  #idle: Session[] = [];
  readonly #busy = new WeakMap<ScanTurn, Session>();

  constructor(connect: (signal: AbortSignal) => Promise<Socket>) {
    this.#connect = connect;
  }

  /** The socket of the turn is the caller's, to destroy or to give back. */
  async begin(signal: AbortSignal): Promise<ScanTurn> {
    signal.throwIfAborted();
    const session = this.#takeIdle() ?? this.#open(await this.#connect(signal));
    session.turns += 1;
    const isReused = session.turns > 1;
    const turn = {
      socket: session.socket,
      opening: isReused ? 'zINSTREAM\0' : 'zIDSESSION\0zINSTREAM\0',
      replyPrefix: `${session.turns}: `,
      isReused,
    };
    this.#busy.set(turn, session);
    return turn;
  }

  /** After the whole reply, with nothing behind it and no listener left. */
  giveBack(turn: ScanTurn): void {
    const session = this.#busy.get(turn);
    if (session === undefined || !this.#busy.delete(turn)) return;
    const { socket, drop } = session;
    // What ended before anybody listened again would never be told.
    if (socket.readableEnded || !socket.writable) {
      drop();
      return;
    }
    for (const event of idleEvents) socket.on(event, drop);
    socket.setTimeout(maxIdleMs);
    this.#idle.push(session);
  }

  /** One that lay idle was found dead: the others may be as well. */
  clear(): void {
    for (const { drop } of [...this.#idle]) drop();
  }

  #open(socket: Socket): Session {
    const drop = (): void => {
      this.#idle = this.#idle.filter((each) => each !== session);
      socket.destroy();
    };
    const session = { socket, turns: 0, drop };
    return session;
  }

  #takeIdle(): Session | undefined {
    const session = this.#idle.pop();
    if (session === undefined) return undefined;
    for (const event of idleEvents) session.socket.off(event, session.drop);
    return session;
  }
}
