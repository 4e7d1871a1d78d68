// Owns a load balancer of the tests: it puts some octets in front of what a client sends. Real ones do it the
// same way; here the test chooses the octets and how they are cut.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface LoadBalancerOptions {
  /** Of the proxy. */
  readonly port: number;
  readonly header: Buffer;
  /** `withFirst`: in one segment with the first octets of the client. */
  readonly send: 'atOnce' | 'octetByOctet' | 'withFirst';
}

export interface LoadBalancer extends AsyncDisposable {
  readonly port: number;
}

export async function startLoadBalancer(options: LoadBalancerOptions): Promise<LoadBalancer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const proxy = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    for (const socket of [client, proxy]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.once('close', () => proxy.destroy());
    proxy.once('close', () => client.destroy());
    proxy.pipe(client);
    void forward(client, proxy, options);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function forward(
  client: Socket,
  proxy: Socket,
  { header, send }: LoadBalancerOptions,
): Promise<void> {
  await once(proxy, 'connect');
  if (send === 'octetByOctet') {
    for (const octet of header) {
      await new Promise<void>((resolve) => proxy.write(Buffer.of(octet), () => resolve()));
    }
  }
  if (send === 'atOnce') proxy.write(header);
  if (send === 'withFirst') {
    const [first] = (await once(client, 'data')) as [Buffer];
    client.pause();
    proxy.write(Buffer.concat([header, first]));
  }
  client.pipe(proxy);
}
