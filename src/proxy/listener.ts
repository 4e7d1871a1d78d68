// Owns one listening socket: accepting, implicit TLS, and the limits on how many sessions there are.
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { plainAddress } from '../base/plain-address.ts';
import { arrive } from './arrival.ts';
import { ClientConnection } from './client-connection.ts';
import type { ConnectionServices, ListenerFacts } from './connection-services.ts';
import type { Introduction, LoadBalancers } from './load-balancers.ts';
import { type InheritedSockets, noSockets, openSocket } from './open-socket.ts';
import { ArrivalRefusals } from './refuse-arrival.ts';
import type { SessionLimit, SessionPlaces, Slot } from './session-count.ts';

export interface ListenerAddress {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly tls: 'none' | 'stls' | 'implicit';
}

/** A connection that no place has been found for yet. */
interface Newcomer {
  readonly socket: Socket;
  /** Of the client, which places are counted by. */
  readonly address: string;
  /** Undefined where no load balancer may be in front. */
  readonly introduction: Introduction | undefined;
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
  readonly #refusals: ArrivalRefusals;
  readonly #serving = new Set<Promise<void>>();

  constructor(facts: ListenerFacts, services: ConnectionServices, places: SessionPlaces) {
    this.#facts = facts;
    this.#services = services;
    this.#places = places;
    this.#clock = services.clock;
    this.#log = services.log.child({ listener: facts.config.name });
    this.#refusals = new ArrivalRefusals({ log: this.#log, clock: this.#clock });
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
    const { loadBalancers } = this.#facts;
    const client = plainAddress(socket.remoteAddress);
    const serving = (
      loadBalancers === undefined
        ? this.#take({ socket, address: client, introduction: undefined })
        : this.#introduce(socket, loadBalancers)
    )
      .catch((err: unknown) => this.#log.debug({ client, err }, 'connection not served'))
      .finally(() => this.#serving.delete(serving));
    this.#serving.add(serving);
  }

  /** Places are for clients: of a load balancer's connection it is the header that says who that is. */
  async #introduce(socket: Socket, loadBalancers: LoadBalancers): Promise<void> {
    const onError = (): void => {};
    socket.on('error', onError);
    this.#arriving.add(socket);
    const introduction = await loadBalancers
      .introductionOf(socket, this.#clock)
      .catch((error: unknown) => {
        this.#refusals.refuse(socket, error, this.#facts.config);
        throw error;
      })
      .finally(() => this.#arriving.delete(socket));
    if (introduction === undefined || socket.destroyed) {
      socket.destroy();
      return;
    }
    socket.off('error', onError);
    await this.#take({ socket, address: introduction.client.address, introduction });
  }

  #take(newcomer: Newcomer): Promise<void> {
    const slot = this.#places.tryTake(newcomer.address, this.#facts.config);
    return slot instanceof Promise ? this.#wait(newcomer, slot) : this.#begin(newcomer, slot);
  }

  async #wait(newcomer: Newcomer, asked: Promise<Slot>): Promise<void> {
    const { socket } = newcomer;
    // Whoever vanishes meanwhile is noticed below.
    const onError = (): void => {};
    socket.on('error', onError);
    this.#arriving.add(socket);
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
    await this.#begin(newcomer, slot);
  }

  async #begin(newcomer: Newcomer, slot: Slot): Promise<void> {
    if (slot.kind === 'taken') {
      return this.#serve(newcomer).finally(() => slot.release());
    }
    const { socket, address } = newcomer;
    this.#refusals.refuse(socket, tooManySessions(slot.limit), this.#facts.config, address);
  }

  async #serve(newcomer: Newcomer): Promise<void> {
    const release = this.#services.use();
    try {
      const connection = await this.#open(newcomer);
      this.#connections.add(connection);
      await connection.serve().finally(() => this.#connections.delete(connection));
    } finally {
      release();
    }
  }

  async #open({ socket, introduction }: Newcomer): Promise<ClientConnection> {
    const [facts, services] = [this.#facts, this.#services];
    this.#arriving.add(socket);
    try {
      const arrival = await arrive(socket, facts, this.#clock, introduction);
      return new ClientConnection(arrival, facts, services);
    } catch (error) {
      this.#refusals.refuse(socket, error, facts.config);
      throw error;
    } finally {
      this.#arriving.delete(socket);
    }
  }
}

function tooManySessions(limit: SessionLimit): AppError {
  return new AppError('TOO_MANY_SESSIONS', {
    fault: 'client',
    publicText: 'too many sessions, try again later',
    responseCode: 'SYS/TEMP',
    details: { limit },
  });
}
