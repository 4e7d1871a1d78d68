// Owns the page of metrics and the answer to whether all is well. It shows nothing else and changes nothing.
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { type Logger, silentLogger } from '../base/log.ts';
import type { MetricsRegistry } from '../telemetry/metrics.ts';
import {
  type HttpAddress,
  type HttpAnswer,
  type RunningHttpServer,
  startHttpServer,
} from './http-server.ts';
import { methodNotAllowed, notFound, plain } from './plain-answers.ts';

export type MetricsAddress = HttpAddress;
export type RunningMetricsServer = RunningHttpServer;

export interface MetricsServices {
  readonly registry: Pick<MetricsRegistry, 'text' | 'contentType'>;
  /** False while running sessions are waited for, so that no new ones are sent here. */
  isHealthy(): boolean;
  readonly log?: Logger;
  readonly clock?: Clock;
}

/** Few are meant to read them. */
const maxConnections = 32;

export function startMetricsServer(
  { address, port }: MetricsAddress,
  services: MetricsServices,
): Promise<RunningMetricsServer> {
  return startHttpServer(
    { address, port },
    {
      name: 'the page of metrics',
      answer: (request) => answer(request, services),
      tls: undefined,
      maxConnections,
      log: services.log ?? silentLogger,
      ...(services.clock === undefined ? {} : { clock: services.clock }),
    },
  );
}

async function answer(
  request: IncomingMessage,
  { registry, isHealthy }: MetricsServices,
): Promise<HttpAnswer> {
  const path = request.url?.split('?', 1)[0];
  if (path !== '/metrics' && path !== '/health') return notFound;
  if (request.method !== 'GET') return methodNotAllowed('GET');
  if (path === '/metrics') {
    return { status: 200, contentType: registry.contentType, text: await registry.text() };
  }
  return isHealthy() ? plain(200, 'ok') : plain(503, 'draining');
}
