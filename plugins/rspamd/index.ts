// Owns asking rspamd about a message, doing to its header what rspamd wants, and passing lessons on: puts
// the pieces together.
import { readFile } from 'node:fs/promises';
import {
  definePlugin,
  EnvelopeSource,
  Failover,
  KeptForMessage,
  type PluginInstance,
  type PluginServices,
} from '#plugin-api';
import { check } from './check.ts';
import type { ExchangeOptions } from './exchange.ts';
import { applyChanges, changesOf, type HeaderChanges } from './header-edits.ts';
import { judge } from './judgement.ts';
import { createRspamdMetrics, type RspamdMetrics } from './metrics.ts';
import { optionsSchema, type RspamdOptions } from './options.ts';
import { readPassword } from './password.ts';
import { type ScanServices, scan } from './scan.ts';
import type { ServerAddress } from './server-address.ts';
import { teach } from './teaching.ts';

const mostKeptChanges = 10_000;
/** Clients may name any number of mail servers. */
const mostNotedHosts = 100;

export default definePlugin<RspamdOptions>({
  name: 'rspamd',
  version: '1',
  options: optionsSchema,
  learns: true,
  check,
  async setup(options, services) {
    const { connectTimeoutMs, caFile } = options;
    const ca = caFile === undefined ? undefined : await readFile(services.resolvePath(caFile));
    const exchange: ExchangeOptions = { clock: services.clock, connectTimeoutMs, ca };
    const metrics = createRspamdMetrics(services.metrics);
    const changes = new KeptForMessage<HeaderChanges>(mostKeptChanges);
    const scanServices: ScanServices = {
      servers: failover(options.servers, options, services, metrics),
      exchange,
      envelopes: new EnvelopeSource(options.envelope),
      metrics,
      noteStrangeWriter: noteOnce(services),
    };
    const instance: PluginInstance = {
      givesScores: true,
      async inspect(message) {
        changes.forget(message);
        const result = await scan(message, scanServices, options);
        if (!('reply' in result)) return result.verdict;
        const subject = (await message.headers()).text('Subject');
        const wanted = changesOf(result.reply, options.headerPolicy, subject);
        if (wanted !== undefined) changes.put(message, wanted);
        return judge(result.reply, options);
      },
      // No cacheKey: rspamd learns, and `transform` needs what it says anew.
      async transform(context, next) {
        const wanted = changes.take(context);
        if (wanted !== undefined) applyChanges(context.edit, wanted, context.spam);
        await next();
      },
    };
    return options.learn === undefined
      ? instance
      : { ...instance, learn: await pupil(options.learn, options, services, exchange, metrics) };
  },
});

async function pupil(
  learn: NonNullable<RspamdOptions['learn']>,
  options: RspamdOptions,
  services: PluginServices,
  exchange: ExchangeOptions,
  metrics: RspamdMetrics,
): Promise<NonNullable<PluginInstance['learn']>> {
  const password = await readPassword(learn.passwordFile, services.resolvePath);
  const controllers = failover(learn.controllers, options, services, metrics);
  const { maxBytes, deliverTo } = options;
  return (lesson) =>
    teach(lesson, { controllers, exchange, password }, { ...learn, maxBytes, deliverTo });
}

function failover(
  servers: readonly ServerAddress[],
  { strategy, maxConcurrent, answerTimeoutMs }: RspamdOptions,
  { clock, log }: PluginServices,
  metrics: RspamdMetrics,
): Failover<ServerAddress> {
  return new Failover({
    servers,
    strategy,
    maxConcurrent,
    timeoutMs: answerTimeoutMs,
    clock,
    onChange({ name }, news, reason) {
      metrics.isUp(name, news);
      if (news === 'up') log.info({ server: name }, 'rspamd is there');
      else log.warn({ server: name, reason }, 'rspamd fails; it is left alone for a while');
    },
  });
}

/** Once for each mail server: the same would hold for every message from it. */
function noteOnce({ log }: PluginServices): ScanServices['noteStrangeWriter'] {
  const noted = new Set<string>();
  return (upstreamHost, writer) => {
    if (noted.has(upstreamHost) || noted.size >= mostNotedHosts) return;
    noted.add(upstreamHost);
    log.info(
      { upstream: upstreamHost, writer },
      'the envelope of mail from this server is not known; if the writer is a host of the provider, name its domain in envelope.hosts',
    );
  };
}
