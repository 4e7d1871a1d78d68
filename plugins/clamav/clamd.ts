// Owns the npm package clamscan: set-up, connections, ping, version, reply parsing. Its scanning
// functions are never used; instream.ts says why.
import type { Socket } from 'node:net';
import NodeClam from 'clamscan';
import { untilAborted } from './abortable.ts';
import type { ParseReply } from './reply.ts';
import type { ClamdAddress } from './server-options.ts';

/** Keeps hold of the sockets that the package opens, which it would otherwise leave open. */
class SupervisedClam extends NodeClam {
  readonly #open = new Map<Socket, string>();
  #state: 'open' | 'shut' = 'open';

  override async _initSocket(label: string): Promise<Socket> {
    const socket = await super._initSocket(label);
    // The package's timeout is for connecting, but would also end() a socket in a long scan.
    socket.removeAllListeners('timeout').setTimeout(0);
    if (this.#state === 'shut') {
      socket.destroy();
      throw new Error('the plugin is shut down');
    }
    this.#open.set(socket, label);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  }

  destroySockets(isMeant: (label: string) => boolean): void {
    for (const [socket, label] of this.#open) {
      if (isMeant(label)) socket.destroy();
    }
  }

  /** For good: a connection still being made is cut when it comes. */
  shut(): void {
    this.#state = 'shut';
    this.destroySockets(() => true);
  }
}

const scanLabel = 'scan';

/** clamd took the connection and then said nothing: it may be hung, or have much to do. */
export class ClamdSilence extends Error {
  constructor() {
    super('clamd did not answer in time');
  }
}

/** A clamd that may be up or down at any time. */
export class Clamd {
  readonly #clam: SupervisedClam;
  readonly #queryTimeoutMs: number;

  private constructor(clam: SupervisedClam, queryTimeoutMs: number) {
    this.#clam = clam;
    this.#queryTimeoutMs = queryTimeoutMs;
  }

  /** Only sets up; connects to nothing, so that clamd may come later. */
  static async create(address: ClamdAddress, connectTimeoutMs: number): Promise<Clamd> {
    const clam = new SupervisedClam();
    await clam.init({
      preference: 'clamdscan',
      clamscan: { active: false },
      clamdscan: {
        ...(address.kind === 'unix'
          ? { socket: address.path }
          : { host: address.host, port: address.port }),
        timeout: connectTimeoutMs,
        localFallback: false,
        path: '',
        bypassTest: true,
      },
    });
    // One limit for the connection and as much again for the answer.
    return new Clamd(clam, 2 * connectTimeoutMs);
  }

  /** A connected socket; its errors are handled, and it is the caller's to destroy. */
  async connect(signal: AbortSignal): Promise<Socket> {
    signal.throwIfAborted();
    const connecting = this.#clam._initSocket(scanLabel);
    try {
      return await untilAborted(connecting, signal);
    } catch (error) {
      // A connection that comes after all has no owner.
      connecting.then(
        (socket) => socket.destroy(),
        () => {},
      );
      throw error;
    }
  }

  /** `ClamAV 1.4.6/27500/Mon Nov  2 09:12:33 2026`; rejects when clamd is not there. */
  async version(): Promise<string> {
    await this.#query(() => this.#clam.ping());
    return await this.#query(() => this.#clam.getVersion());
  }

  /** One at a time: when a query ends, in whatever way, so do the sockets of all queries. */
  async #query<T>(ask: () => Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new ClamdSilence()), this.#queryTimeoutMs);
    timer.unref();
    try {
      return await Promise.race([ask(), late]);
    } finally {
      clearTimeout(timer);
      this.#clam.destroySockets((label) => label !== scanLabel);
    }
  }

  readonly parseReply: ParseReply = (reply) => this.#clam._processResult(reply);

  /** Cuts every connection; scans in progress end without a result. */
  close(): void {
    this.#clam.shut();
  }
}
