import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import { reachUpstream } from '../../src/proxy/reach-upstream.ts';
import { testServices } from '../helpers/proxy.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const client = { address: '192.0.2.7', port: 40_000 };
const { server: certificate } = makeTestCertificates();
const secureContext = createSecureContext({ cert: certificate.certPem, key: certificate.keyPem });

const headers = {
  v1: (port: number) => Buffer.from(`PROXY TCP4 192.0.2.7 127.0.0.1 40000 ${port}\r\n`),
  v2: (port: number) => {
    // Signature, version 2 and PROXY, TCP over IPv4, 12 octets, both addresses, both ports.
    const start = Buffer.from('0d0a0d0a000d0a515549540a2111000cc00002077f000001', 'hex');
    const ports = Buffer.alloc(4);
    ports.writeUInt16BE(client.port, 0);
    ports.writeUInt16BE(port, 2);
    return Buffer.concat([start, ports]);
  },
};

/** Takes so many octets off a connection before anything else is read from it. */
async function takeOctets(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const octets: Buffer | null = socket.read(count);
    if (octets !== null) return octets;
    await once(socket, 'readable');
  }
}

for (const version of ['v1', 'v2'] as const) {
  for (const tls of ['none', 'implicit'] as const) {
    test(`an upstream is told who the client is by a header of ${version}, before tls ${tls}`, async () => {
      const seen: Buffer[] = [];
      const server = createServer(async (socket) => {
        const { port } = server.address() as AddressInfo;
        seen.push(await takeOctets(socket, headers[version](port).length));
        const spoken =
          tls === 'none' ? socket : new TLSSocket(socket, { isServer: true, secureContext });
        spoken.on('error', () => {});
        spoken.write('+OK\r\n');
        spoken.on('data', () => spoken.write('-ERR\r\n'));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      try {
        const { port } = server.address() as AddressInfo;
        const services = await testServices({ upstream: { port, tls, proxy_protocol: version } });
        const [route] = services.config.routes;
        assert(route !== undefined);
        const { log } = services;
        const { upstream } = await reachUpstream(
          {
            route,
            candidates: [route.upstream],
            origin: 'configuration',
            account: 'kim',
            client,
            log,
          },
          services,
          new AbortController().signal,
          () => {},
        );
        upstream.close();
        assert.deepEqual(seen, [headers[version](port)]);
      } finally {
        server.close();
      }
    });
  }
}
