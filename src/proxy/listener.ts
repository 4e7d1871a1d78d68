// Owns one listening socket: accepting, implicit TLS, and the limits on how many sessions there are.
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { errReply } from '../pop3/reply.ts';
import { arrive } from './arrival.ts';
import { ClientConnection } from './client-connection.ts';
import type { ConnectionServices, ListenerFacts } from './connection-services.ts';
import { linger } from './linger.ts';
import { type InheritedSockets, noSockets, openSocket } from './open-socket.ts';
import { refuseArrival } from './refuse-arrival.ts';
import type { SessionPlaces, Slot } from './session-count.ts';

export interface ListenerAddress {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly tls: 'none' | 'stls' | 'implicit';
}

export class Listener {
  #facts: ListenerFacts;
  #services: ConnectionServices;
  readonly #places: SessionPlaces;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #connections = new Set<ClientConnection>();
  /** With a connection, but not yet with a session. */
  readonly #arriving = new Set<Socket>();
  readonly #serving = new Set<Promise<void>>();

  constructor(facts: ListenerFacts, services: ConnectionServices, places: SessionPlaces) {
    this.#facts = facts;
    this.#services = services;
    this.#places = places;
    this.#clock = services.clock;
    this.#log = services.log.child({ listener: facts.config.name });
    // Half-open connections are not kept: a client that has closed its side counts as vanished, so
    // nothing more is sent to it and a message under way ends without QUIT to the upstream.
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Starts to listen. Throws the system's error (EADDRINUSE, EACCES) as cause. */
  async listen(sockets: InheritedSockets = noSockets): Promise<ListenerAddress> {
    const { name, tls } = this.#facts.config;
    const bound = await openSocket(this.#server, this.#facts.config, sockets);
    try {
      this.prepareFor(this.#facts);
    } catch (error) {
      this.#server.close();
      throw error;
    }
    // An error of accept() (too many open files) costs that one connection, not the listener.
    this.#server.on('error', (err) => this.#log.error({ err }, 'accepting a connection failed'));
    return { name, ...bound, tls };
  }

  /** Makes sure that connections can be served so. Throws INTERCEPT_UNAVAILABLE. */
  prepareFor({ interception }: ListenerFacts): void {
    interception?.prepare(this.#server);
  }

  /** From here on, connections are served so; those that are there go on as they began. */
  use(facts: ListenerFacts, services: ConnectionServices): void {
    this.#facts = facts;
    this.#services = services;
  }

  /** Stops accepting; sessions go on. */
  close(): void {
    this.#server.close();
  }

  /** Stops accepting; sessions that are between two commands end, the others finish their command. */
  drain(): void {
    this.close();
    for (const socket of this.#arriving) socket.destroy();
    for (const connection of this.#connections) connection.drain();
  }

  /** Ends what is left. */
  destroy(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** Resolves when no session is left. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.#serving]);
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const slot = this.#places.tryTake(address, this.#facts.config);
    const serving = (
      slot instanceof Promise ? this.#wait(socket, slot) : this.#begin(socket, address, slot)
    )
      .catch((err: unknown) => this.#log.debug({ client: address, err }, 'connection not served'))
      .finally(() => this.#serving.delete(serving));
    this.#serving.add(serving);
  }

  async #wait(socket: Socket, asked: Promise<Slot>): Promise<void> {
    // Whoever vanishes meanwhile is noticed below.
    const onError = (): void => {};
    socket.on('error', onError);
    this.#arriving.add(socket);
    const address = socket.remoteAddress ?? '';
    const slot = await asked
      .catch((error: unknown) => {
        socket.destroy();
        throw error;
      })
      .finally(() => this.#arriving.delete(socket));
    if (socket.destroyed) {
      if (slot.kind === 'taken') slot.release();
      return;
    }
    socket.off('error', onError);
    await this.#begin(socket, address, slot);
  }

  async #begin(socket: Socket, address: string, slot: Slot): Promise<void> {
    if (slot.kind === 'taken') {
      return this.#serve(socket).finally(() => slot.release());
    }
    this.#log.warn({ client: address, limit: slot.limit }, 'too many sessions');
    socket.on('error', () => {});
    // On a listener for implicit TLS the text would be noise inside a handshake.
    if (this.#facts.config.tls === 'implicit') socket.destroy();
    else socket.end(errReply('too many sessions, try again later', 'SYS/TEMP'));
    linger(socket, this.#clock);
  }

  async #serve(socket: Socket): Promise<void> {
    const release = this.#services.use();
    try {
      const connection = await this.#open(socket);
      this.#connections.add(connection);
      await connection.serve().finally(() => this.#connections.delete(connection));
    } finally {
      release();
    }
  }

  async #open(socket: Socket): Promise<ClientConnection> {
    const [facts, services] = [this.#facts, this.#services];
    this.#arriving.add(socket);
    try {
      return new ClientConnection(await arrive(socket, facts, this.#clock), facts, services);
    } catch (error) {
      refuseArrival(socket, error, facts.config, { log: this.#log, clock: this.#clock });
      throw error;
    } finally {
      this.#arriving.delete(socket);
    }
  }
}
