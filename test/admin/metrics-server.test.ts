import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import {
  type MetricsServices,
  type RunningMetricsServer,
  startMetricsServer,
} from '../../src/admin/metrics-server.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { withCode } from '../helpers/pipeline.ts';

const loopback = { address: '127.0.0.1', port: 0 };

async function start(
  t: TestContext,
  changes: Partial<MetricsServices> = {},
): Promise<RunningMetricsServer> {
  const services = { registry: createMetrics(), isHealthy: () => true, ...changes };
  const server = await startMetricsServer(loopback, services);
  t.after(() => server.stop());
  return server;
}

function get({ port }: RunningMetricsServer, path: string, method = 'GET'): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { method });
}

/** Everything that a raw connection is sent until the other side closes it. */
async function exchange(port: number, octets: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  // A server that refuses may reset before everything has been written.
  socket.on('error', () => {});
  socket.write(octets, 'latin1');
  await once(socket, 'close');
  return Buffer.concat(pieces).toString('latin1');
}

test('GET /metrics is the page in the format of Prometheus', async (t) => {
  const registry = createMetrics();
  registry.core.counter('x_total', { help: 'For a test.' }).add(3);
  const response = await get(await start(t, { registry }), '/metrics?name=x');
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), registry.contentType);
  assert.equal(response.headers.get('connection'), 'close');
  assert.match(await response.text(), /^postern_x_total 3$/m);
});

test('GET /health says whether new sessions are welcome', async (t) => {
  let isHealthy = true;
  const server = await start(t, { isHealthy: () => isHealthy });
  const well = await get(server, '/health');
  assert.deepEqual([well.status, await well.text()], [200, 'ok\n']);
  isHealthy = false;
  const draining = await get(server, '/health');
  assert.deepEqual([draining.status, await draining.text()], [503, 'draining\n']);
});

test('everything else is not found, and nothing but GET is allowed', async (t) => {
  const server = await start(t);
  for (const path of ['/', '/metrics/', '/Metrics', '/health/x', '//metrics', '/%6detrics']) {
    const response = await get(server, path);
    assert.equal(response.status, 404, path);
    assert.equal(await response.text(), 'not found\n');
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const response = await get(server, '/metrics', method);
    assert.equal(response.status, 405, method);
    assert.equal(response.headers.get('allow'), 'GET');
    await response.text();
  }
});

test('one connection gets one answer', async (t) => {
  const { port } = await start(t);
  const request = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';
  const answers = await exchange(port, request + request);
  assert.equal(answers.split('HTTP/1.1 ').length - 1, 1);
});

test('a header that is too large, and what is no HTTP, ends the connection', async (t) => {
  const { port } = await start(t);
  const large = `GET /health HTTP/1.1\r\nHost: x\r\nX-Y: ${'y'.repeat(20_000)}\r\n\r\n`;
  assert.match(await exchange(port, large), /^(?:HTTP\/1\.1 431 .*|$)/s);
  assert.match(await exchange(port, 'USER joe\r\n'), /^HTTP\/1\.1 400 /);
});

test('a page that cannot be made is an error of the server, and the next one is tried', async (t) => {
  let calls = 0;
  const registry = {
    contentType: 'text/plain',
    text: () => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('no')) : Promise.resolve('y 1\n');
    },
  };
  const server = await start(t, { registry });
  const failed = await get(server, '/metrics');
  assert.deepEqual([failed.status, await failed.text()], [500, 'internal error\n']);
  assert.equal(await (await get(server, '/metrics')).text(), 'y 1\n');
});

test('stop ends connections that are open, also one in the middle of its request', async (t) => {
  const server = await start(t);
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET /metrics HTTP/1.1\r\nHos');
  // An answer to a later connection shows that the earlier one has been accepted.
  await (await get(server, '/health')).text();
  const closed = once(socket, 'close');
  await Promise.all([server.stop(), closed]);
  await assert.rejects(get(server, '/health'));
});

test('a port that is taken is a failure that names it', async (t) => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const services = { registry: createMetrics(), isHealthy: () => true };
  const attempt = startMetricsServer({ address: '127.0.0.1', port }, services);
  await assert.rejects(attempt, (error) => {
    assert.ok(withCode('LISTEN_FAILED')(error));
    assert.match(String(error), new RegExp(`port ${port}`));
    return true;
  });
});

test('a connection does not last, however slowly its request comes', async (t) => {
  const clock = new FakeClock();
  const server = await start(t, { clock });
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET /metrics HTTP/1.1\r\nHos');
  // An answer to a later connection shows that the earlier one has been accepted.
  await (await get(server, '/health')).text();
  const closed = once(socket, 'close');
  await clock.advance(14_000);
  assert.equal(socket.destroyed, false);
  await clock.advance(1000);
  await closed;
});
