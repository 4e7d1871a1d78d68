// Owns how a listener comes to its socket: opened here, or handed over by whoever started the process.
import { type AddressInfo, type Server, Socket } from 'node:net';
import type { Endpoint } from '../base/endpoint.ts';
import { AppError } from '../base/errors.ts';
import type { ListenerConfig } from '../config/schema.ts';

/** Listening sockets that were open before this process began. */
export interface InheritedSockets {
  /** File descriptors. */
  readonly byName: ReadonlyMap<string, number>;
  /** Why none were taken although the environment speaks of some. */
  readonly refusal: string | undefined;
}

export const noSockets: InheritedSockets = { byName: new Map(), refusal: undefined };

type Place = Pick<ListenerConfig, 'name' | 'address' | 'port' | 'socket'>;

const backlog = 1024;

/** Clients wait here while a successor starts, so as many as the kernel allows by default. */
const inheritedBacklog = 4096;

/** Throws LISTEN_FAILED with the system's error as cause. */
export async function openSocket(
  server: Server,
  place: Place,
  sockets: InheritedSockets,
): Promise<Endpoint> {
  const descriptor = descriptorOf(place, sockets);
  await listen(server, place, descriptor).catch((cause: unknown) => {
    throw failure(place, cause);
  });
  const bound: AddressInfo | string | null = server.address();
  if (bound === null || typeof bound === 'string') {
    server.close();
    throw failure(place, new Error('expected a TCP socket (ListenStream= with a port)'));
  }
  const { address, port } = bound;
  if (place.socket !== undefined && place.port !== 0 && place.port !== port) {
    server.close();
    throw failure(place, new Error(`expected port ${place.port}, but it has port ${port}`));
  }
  return { address, port };
}

/** Undefined when the socket is to be opened here. */
function descriptorOf(place: Place, { byName, refusal }: InheritedSockets): number | undefined {
  if (place.socket === undefined) return undefined;
  const descriptor = byName.get(place.socket);
  if (descriptor !== undefined) return descriptor;
  const names = [...byName.keys()].join(', ');
  const otherwise =
    names === ''
      ? 'no socket was handed over: start Postern by its systemd socket unit, or by a launcher'
      : `only these were handed over: ${names}`;
  throw failure(place, new Error(refusal ?? otherwise));
}

function listen(server: Server, place: Place, descriptor: number | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const done = (): void => {
      server.off('error', reject);
      resolve();
    };
    if (descriptor === undefined) {
      server.listen({ host: place.address, port: place.port, backlog }, done);
      return;
    }
    // Listening on `{ fd }`, a worker would ask its supervisor for that descriptor, which would be closed
    // for all when the last worker ends. Wrapped like this it is the worker's own.
    const owner = new Socket({ fd: descriptor, readable: false, writable: false });
    server.listen(owner, inheritedBacklog, done);
  });
}

function failure(place: Place, cause: unknown): AppError {
  const { name, address, port, socket } = place;
  const what = socket === undefined ? `${address} port ${port}` : `socket ${socket}`;
  return new AppError('LISTEN_FAILED', {
    fault: 'config',
    publicText: `listener ${name} cannot use ${what}`,
    details: { listener: name, ...(socket === undefined ? { address, port } : { socket }) },
    cause,
  });
}
