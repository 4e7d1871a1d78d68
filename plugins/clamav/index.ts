// Owns the virus scan of a message by clamd, while the message arrives: puts the pieces together.
// Only clamd's complete `stream: OK` lets a message pass; whatever goes wrong defers it.
import { definePlugin, type PluginServices } from '#plugin-api';
import { check } from './check.ts';
import { Clamd } from './clamd.ts';
import { findConf } from './conf-file.ts';
import { inspect } from './inspection.ts';
import { limitsOf, warnings } from './limits.ts';
import { type ClamavOptions, optionsSchema } from './options.ts';
import { Pool } from './pool.ts';
import { ClamdServer } from './server.ts';
import { createServerMetrics, type ServerMetrics } from './server-metrics.ts';
import { addressName, resolvedAddress, type ServerOptions } from './server-options.ts';

export default definePlugin<ClamavOptions>({
  name: 'clamav',
  version: '2',
  options: optionsSchema,
  check,
  async setup(options, services) {
    const metricsOf = createServerMetrics(services.metrics);
    const servers = await Promise.all(
      options.servers.map((server) => createServer(server, options, services, metricsOf)),
    );
    const pool = new Pool(servers, options.strategy);
    // A clamd that is down defers messages, but never keeps the proxy from starting.
    await Promise.all(servers.map((server) => server.check()));
    return {
      inspect: (message) => inspect(message, pool, options),
      cacheKey() {
        const key = pool.versionKey;
        return key === undefined ? undefined : `clamav/${key}`;
      },
      async dispose() {
        pool.stop();
      },
    };
  },
});

async function createServer(
  given: ServerOptions,
  options: ClamavOptions,
  { log, clock, resolvePath }: PluginServices,
  metricsOf: (server: string) => ServerMetrics,
): Promise<ClamdServer> {
  const address = resolvedAddress(given.address, resolvePath);
  const name = addressName(address);
  const clamdConf = given.clamdConf === undefined ? undefined : resolvePath(given.clamdConf);
  const file = await findConf({ address, clamdConf });
  const limits = limitsOf(given, file);
  if (file === undefined) {
    log.info(
      { server: name, ...limits },
      'the limits of clamd are not known; its defaults are assumed',
    );
  }
  for (const { fields, text } of warnings(limits, file, options.scanTimeoutMs)) {
    log.warn({ server: name, ...fields }, text);
  }
  const clamd = await Clamd.create(address, options.connectTimeoutMs);
  return new ClamdServer(
    clamd,
    { name, limits, refreshMs: options.versionRefreshMs },
    { clock, log, metrics: metricsOf(name), random: Math.random },
  );
}
