// Owns the step from what is known of a client to what routes are chosen by.
import type { ClientFacts } from '../plugin-api/context.ts';
import type { ConnectionQuery } from '../routing/route.ts';

export function connectionQuery(client: ClientFacts): ConnectionQuery {
  const { listener, address, tls, destination } = client;
  return { listener, clientAddress: address, serverName: tls?.serverName, destination };
}
