// Owns a relay in front of one clamd which spoils scans on demand, any of those that follow one another
// on a connection. What is no scan, such as the question for the version, passes untouched.
import { connect, createServer, type Socket } from 'node:net';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import type { Random } from './random.ts';

/**
 * `kill`: the scanner is killed while it waits for the rest of the message. `garble` waits for a message
 * with a virus: only there a wrong word does harm.
 */
export type ScanFault = 'reset' | 'hang' | 'garble' | 'kill';

export interface ScannerRelay extends AsyncDisposable {
  readonly port: number;
  /** Where scans go from now on. */
  target: string;
  /** Spoils the next scan. */
  spoil(fault: ScanFault, onFired: () => void): void;
}

export interface ScannerRelayOptions {
  /** Path of the socket of clamd. */
  readonly target: string;
  readonly random: Random;
  kill(): void;
}

const host = '127.0.0.1';
const scanCommand = Buffer.from('zINSTREAM\0');
const virus = assembleEicar();

/** What no scanner that is well says, each to the end of the connection. None of it is a whole OK. */
const garbage = [
  '',
  'stream: OK',
  'stream: O\0',
  'stream: OKAY\0',
  'STREAM: OK\0',
  'ok\0',
  'stream: OK\0stream: OK\0',
  '\0',
  '\xff\xfe\0',
  'stream: Something-Bad FOU',
  'INSTREAM: Can’t allocate memory ERROR\0',
];

export async function startScannerRelay(options: ScannerRelayOptions): Promise<ScannerRelay> {
  const waiting: { fault: ScanFault; onFired(): void }[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };

  const listener = createServer((client) => {
    keep(client);
    const server = connect({ path: relay.target });
    keep(server);
    server.on('data', (octets: Buffer) => void client.write(octets));
    server.on('close', () => client.destroySoon());
    client.on('close', () => server.destroy());
    let seen = 0;
    let scans = 0;
    let fault: ScanFault | undefined;
    let leastOctets = 0;
    client.on('data', (octets: Buffer) => {
      const isStart = fault === undefined && octets.includes(scanCommand);
      if (isStart) {
        scans += 1;
        seen = 0;
      }
      if (scans > 0 && fault === undefined) {
        const next = waiting.find((each) =>
          each.fault === 'garble' ? octets.includes(virus) : isStart,
        );
        if (next !== undefined) {
          waiting.splice(waiting.indexOf(next), 1);
          fault = next.fault;
          leastOctets = options.random.between(0, 3000);
          next.onFired();
        }
      }
      seen += octets.length;
      if (fault === undefined) {
        if (!server.write(octets)) {
          client.pause();
          server.once('drain', () => client.resume());
        }
        return;
      }
      // The scanner never gets the end of the message, so it is in the middle of its scan.
      server.write(octets.subarray(0, Math.max(0, octets.length - 4)));
      if (seen >= leastOctets || octets.subarray(-4).equals(Buffer.alloc(4))) {
        spoil(client, server, fault, scans);
        fault = 'hang';
      }
    });
  });

  const spoil = (client: Socket, server: Socket, fault: ScanFault, scan: number): void => {
    switch (fault) {
      case 'kill':
        options.kill();
        return;
      case 'reset':
        client.resetAndDestroy();
        return;
      case 'garble':
        server.removeAllListeners('data');
        // With the number of the scan, and with none.
        client.end(
          `${options.random.pick([`${scan}: `, ''])}${options.random.pick(garbage)}`,
          'latin1',
        );
        return;
      case 'hang':
    }
  };

  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen({ host, port: 0 }, resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const relay: ScannerRelay = {
    port: address.port,
    target: options.target,
    spoil: (fault, onFired) => void waiting.push({ fault, onFired }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  return relay;
}
