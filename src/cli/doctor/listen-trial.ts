// Owns the question whether this process could listen on a port. What it opens is closed at once.
import { createServer } from 'node:net';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import { fail, ok } from './check.ts';

export type ListenTrial =
  | { readonly kind: 'told'; readonly diagnosis: Diagnosis }
  /** Somebody listens there, or ports below 1024 are not for this user. */
  | { readonly kind: 'in use' | 'privileged' };

export async function tryToListen(address: string, port: number): Promise<ListenTrial> {
  const place = `${address} port ${port}`;
  const code = await refusal(address, port);
  switch (code) {
    case undefined:
      return told(ok(port === 0 ? `${address}, any free port` : `${place} is free`));
    case 'EADDRINUSE':
      return { kind: 'in use' };
    case 'EACCES':
      return { kind: 'privileged' };
    case 'EADDRNOTAVAIL':
      return told(fail(`this machine does not have the address ${address}`, 'See: ip address.'));
    case 'EAFNOSUPPORT':
      return told(
        fail(`this machine has no addresses like ${address}`, 'Use one of the other family.'),
      );
    default:
      return told(fail(`${place} cannot be listened on (${code})`, 'Look at address and port.'));
  }
}

function told(diagnosis: Diagnosis): ListenTrial {
  return { kind: 'told', diagnosis };
}

/** Undefined when it could. */
function refusal(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve('code' in error && typeof error.code === 'string' ? error.code : error.message);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
