// Owns the servers of one instance of the plugin: those that stand in for each other when a message is
// checked, and each of them for a lesson.
import { type Clock, EnvelopeSource, Failover, type Logger } from '#plugin-api';
import { SpamdServer } from './client.ts';
import type { SpamdMetrics } from './metrics.ts';
import type { SpamassassinOptions } from './options.ts';
import { resolvedAddress } from './server-options.ts';

export interface Spamds {
  readonly options: SpamassassinOptions;
  readonly clock: Clock;
  readonly envelopes: EnvelopeSource;
  readonly anyone: Failover<SpamdServer>;
  readonly each: readonly Failover<SpamdServer>[];
}

export interface Surroundings {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: SpamdMetrics;
  resolvePath(path: string): string;
}

export function createSpamds(options: SpamassassinOptions, surroundings: Surroundings): Spamds {
  const { clock, log, metrics, resolvePath } = surroundings;
  const servers = options.servers.map(
    (address) => new SpamdServer(resolvedAddress(address, resolvePath), options.connectTimeoutMs),
  );
  const shared = {
    strategy: options.strategy,
    maxConcurrent: options.maxConcurrent,
    timeoutMs: options.answerTimeoutMs,
    clock,
  };
  const anyone = new Failover({
    ...shared,
    servers,
    onChange({ name }, news, reason) {
      metrics.server(name, news);
      if (news === 'up') log.info({ server: name }, 'spamd answers');
      else log.warn({ server: name, reason }, 'spamd fails; for a while others are asked first');
    },
  });
  const each = servers.map((server) => new Failover({ ...shared, servers: [server] }));
  const envelopes = new EnvelopeSource(options.envelope);
  return { options, clock, envelopes, anyone, each };
}
