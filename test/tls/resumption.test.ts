import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { systemClock } from '../../src/base/clock.ts';
import { toServerCertificate } from '../../src/tls/certificate.ts';
import { ServerTls } from '../../src/tls/server-tls.ts';
import { randomTicketKeys } from '../../src/tls/ticket-keys.ts';
import { acceptTls, type TlsFacts } from '../../src/tls/upgrade.ts';
import { certificateFor } from '../helpers/test-certificates.ts';

type Version = 'TLSv1.2' | 'TLSv1.3';

const settings = { tlsProfile: 'intermediate', minTlsVersion: 'TLSv1.2' } as const;
const pairs = [['a.example'], ['b.example'], ['*.c.example']].map((names) => certificateFor(names));
const [first, ...others] = pairs.map((pem) => toServerCertificate(pem));
const ticketKeys = randomTicketKeys();

function serverTls(): ServerTls {
  assert.ok(first);
  return new ServerTls(settings, [first, ...others], { ticketKeys });
}

/** Two processes or hosts with the same certificates and the same keys. */
const sources = [serverTls(), serverTls()];
const servers: Server[] = [];
let accepted: TlsFacts | undefined;

before(async () => {
  for (const source of sources) {
    const server = createServer((socket) => {
      acceptTls(socket, source, systemClock).then(
        ({ socket: secured, facts }) => {
          accepted = facts;
          secured.on('error', () => {}).end('ready');
        },
        () => {},
      );
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
  }
});

after(() => {
  for (const server of servers) server.close();
});

async function visit(host: 0 | 1, servername: string, maxVersion: Version, session?: Buffer) {
  const address = servers[host]?.address() as AddressInfo | undefined;
  const client = connect({
    port: address?.port ?? 0,
    host: '127.0.0.1',
    servername,
    maxVersion,
    rejectUnauthorized: false,
    ...(session === undefined ? {} : { session }),
  });
  let given: Buffer | undefined;
  client.on('session', (ticket: Buffer) => {
    given = ticket;
  });
  await once(client, 'secureConnect');
  const isReused = client.isSessionReused();
  client.resume();
  await once(client, 'close');
  return { isReused, session: given, serverName: accepted?.serverName };
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`over ${version}, a session is resumed under its name, and the name is known again`, async () => {
    const { session } = await visit(0, 'a.example', version);
    for (const host of [0, 1] as const) {
      const again = await visit(host, 'a.example', version, session);
      assert.deepEqual([again.isReused, again.serverName], [true, 'a.example']);
    }
  });

  test(`over ${version}, a session is not resumed under the name of another certificate`, async () => {
    const { session } = await visit(0, 'a.example', version);
    const other = await visit(0, 'b.example', version, session);
    assert.deepEqual([other.isReused, other.serverName], [false, 'b.example']);
  });

  test(`over ${version}, the name is the one asked for now, also below one wildcard`, async () => {
    const { session } = await visit(0, 'x.c.example', version);
    const other = await visit(0, 'y.c.example', version, session);
    assert.equal(other.serverName, 'y.c.example');
  });

  test(`over ${version}, keys of another day resume nothing`, async () => {
    const { session } = await visit(0, 'a.example', version);
    sources[1]?.useTicketKeys(randomTicketKeys());
    const later = await visit(1, 'a.example', version, session);
    assert.equal(later.isReused, false);
    sources[1]?.useTicketKeys(ticketKeys);
  });
}
