// Owns the page of metrics and the answer to whether all is well. It shows nothing else and changes nothing.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/log.ts';
import type { MetricsRegistry } from '../telemetry/metrics.ts';

export interface MetricsAddress {
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface MetricsServices {
  readonly registry: Pick<MetricsRegistry, 'text' | 'contentType'>;
  /** False while running sessions are waited for, so that no new ones are sent here. */
  isHealthy(): boolean;
  readonly log?: Logger;
}

export interface RunningMetricsServer extends MetricsAddress {
  /** Requests under way are cut: whoever reads metrics comes again. */
  stop(): Promise<void>;
}

const maxHeaderBytes = 8 * 1024;
const maxConnections = 32;
const headersTimeoutMs = 5000;
const requestTimeoutMs = 10_000;

export async function startMetricsServer(
  { address, port }: MetricsAddress,
  services: MetricsServices,
): Promise<RunningMetricsServer> {
  const { log = silentLogger } = services;
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: headersTimeoutMs,
    },
    (request, response) => {
      answer(request, response, services).catch((err: unknown) => {
        log.error({ err }, 'the page of metrics could not be made');
        if (response.headersSent) response.destroy();
        else send(response, 500, plain, 'internal error\n');
      });
    },
  );
  server.maxConnections = maxConnections;
  // One request for each connection: none is left idle when the program ends.
  server.maxRequestsPerSocket = 1;
  // Also for a reader that has stopped reading.
  server.setTimeout(requestTimeoutMs, (socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port }, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((cause: unknown) => {
    throw new AppError('LISTEN_FAILED', {
      fault: 'config',
      publicText: `the page of metrics cannot use ${address} port ${port}`,
      details: { address, port },
      cause,
    });
  });
  server.on('error', (err) => log.error({ err }, 'accepting a connection for metrics failed'));
  const bound = server.address() as AddressInfo;
  return {
    address: bound.address,
    port: bound.port,
    stop: () => {
      const { promise: stopped, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      return stopped;
    },
  };
}

const plain = 'text/plain; charset=utf-8';

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { registry, isHealthy }: MetricsServices,
): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (path !== '/metrics' && path !== '/health') {
    send(response, 404, plain, 'not found\n');
  } else if (request.method !== 'GET') {
    response.setHeader('Allow', 'GET');
    send(response, 405, plain, 'method not allowed\n');
  } else if (path === '/metrics') {
    send(response, 200, registry.contentType, await registry.text());
  } else if (isHealthy()) {
    send(response, 200, plain, 'ok\n');
  } else {
    send(response, 503, plain, 'draining\n');
  }
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  response.end(text);
}
