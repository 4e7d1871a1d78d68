// Owns the floor: the shortest relay that Node can be, which knows nothing of what passes.
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';

const [port, upstreamPort, folder] = process.argv.slice(2);
const upstream = { host: '127.0.0.1', port: Number(upstreamPort), noDelay: true };
const read = (file: string): Buffer => readFileSync(`${folder}/${file}`);

function relay(client: Socket, server: Socket): void {
  client.pipe(server).pipe(client);
  for (const socket of [client, server]) socket.on('error', () => socket.destroy());
  client.on('close', () => server.destroy());
  server.on('close', () => client.destroy());
}

if (folder === undefined) {
  createServer({ noDelay: true }, (client) => relay(client, connect(upstream))).listen(
    Number(port),
    '127.0.0.1',
    4096,
  );
} else {
  const papers = { cert: read('server.crt'), key: read('server.key') };
  const trust = { ...upstream, ca: read('ca.pem'), servername: 'localhost' };
  createTlsServer({ ...papers, noDelay: true }, (client) =>
    relay(client, connectTls(trust)),
  ).listen(Number(port), '127.0.0.1', 4096);
}
