// Owns how a listener comes to its socket: opened here, or handed over by whoever started the process.
import type { AddressInfo, ListenOptions, Server } from 'node:net';
import type { Endpoint } from '../base/endpoint.ts';
import { AppError } from '../base/errors.ts';
import type { ListenerConfig } from '../config/schema.ts';

/** File descriptors of listening sockets by their names. */
export type InheritedSockets = ReadonlyMap<string, number>;

type Place = Pick<ListenerConfig, 'name' | 'address' | 'port' | 'socket'>;

const backlog = 1024;

/** Throws LISTEN_FAILED with the system's error as cause. */
export async function openSocket(
  server: Server,
  place: Place,
  sockets: InheritedSockets,
): Promise<Endpoint> {
  const options = optionsOf(place, sockets);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((cause: unknown) => {
    throw failure(place, cause);
  });
  const { address, port } = server.address() as AddressInfo;
  if (place.socket !== undefined && place.port !== 0 && place.port !== port) {
    server.close();
    throw failure(place, new Error(`expected port ${place.port}, but it has port ${port}`));
  }
  return { address, port };
}

function optionsOf(place: Place, sockets: InheritedSockets): ListenOptions & { fd?: number } {
  const { address, port, socket } = place;
  if (socket === undefined) return { host: address, port, backlog };
  const fd = sockets.get(socket);
  if (fd !== undefined) return { fd, backlog };
  const names = [...sockets.keys()].join(', ');
  throw failure(
    place,
    new Error(
      names === ''
        ? 'no socket was handed over: start Postern by its systemd socket unit, or by a launcher'
        : `only these were handed over: ${names}`,
    ),
  );
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
