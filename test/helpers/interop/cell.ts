// Owns what a cell of the matrix is: one server, one client, and the encryption of both legs.
import type { RealClient } from '../client-workplace.ts';
import type { ClientTls } from '../pop3-client.ts';
import { realClients } from '../real-clients.ts';
import { courier } from '../servers/courier.ts';
import { cyrus } from '../servers/cyrus.ts';
import { dovecot } from '../servers/dovecot.ts';
import { mailutils } from '../servers/mailutils.ts';
import { popa3d } from '../servers/popa3d.ts';
import type { Pop3Server } from '../servers/server.ts';

export const servers: readonly Pop3Server[] = [dovecot, courier, cyrus, popa3d, mailutils];
export const clients: readonly RealClient[] = realClients;
export const clientLegs: readonly ClientTls[] = ['none', 'stls', 'implicit'];

export interface Cell {
  readonly server: Pop3Server;
  readonly client: RealClient;
  readonly clientTls: ClientTls;
  readonly upstreamTls: ClientTls;
  /** The only one who uses this maildrop. */
  readonly user: string;
}

export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly detail: string };

export interface CellResult {
  readonly cell: Cell;
  readonly outcome: Outcome;
}

/** Every client with every kind of encryption it has; the upstream leg takes turns. */
export function cellsOf(server: Pop3Server): Cell[] {
  let turn = 0;
  return clients.flatMap((client) =>
    clientLegs
      .filter((clientTls) => client.tlsModes.includes(clientTls))
      .map((clientTls): Cell => {
        const upstreamTls = server.tlsModes[turn % server.tlsModes.length] ?? 'none';
        return { server, client, clientTls, upstreamTls, user: `user${turn++}` };
      }),
  );
}

export function nameOf({ server, client, clientTls, upstreamTls }: Cell): string {
  return `${client.name} (${clientTls}) to ${server.name} (${upstreamTls})`;
}
