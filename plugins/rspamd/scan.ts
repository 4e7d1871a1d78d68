// Owns a message on its way through rspamd: a server that fails it is followed by another one. Only a
// whole answer gives a verdict; whatever goes wrong defers the message.
import {
  type EnvelopeSource,
  type Failover,
  flag,
  type MessageView,
  pass,
  ServerFailure,
  tempfail,
  type Verdict,
} from '#plugin-api';
import { checkHeaders } from './check-request.ts';
import { type ExchangeOptions, exchange } from './exchange.ts';
import type { RspamdMetrics } from './metrics.ts';
import type { RspamdOptions } from './options.ts';
import { parseReply, type Reply } from './reply.ts';
import type { ServerAddress } from './server-address.ts';

export interface ScanServices {
  readonly servers: Failover<ServerAddress>;
  readonly exchange: ExchangeOptions;
  readonly envelopes: EnvelopeSource;
  readonly metrics: RspamdMetrics;
  /** A host that would have to be trusted for an envelope. */
  noteStrangeWriter(upstreamHost: string, writer: string): void;
}

export type ScanOptions = Pick<
  RspamdOptions,
  'maxBytes' | 'notScanned' | 'settingsId' | 'smtpSymbols' | 'mtaName' | 'deliverTo'
>;

/** The answer, or the verdict where there is none. */
export async function scan(
  message: MessageView,
  services: ScanServices,
  options: ScanOptions,
): Promise<{ readonly reply: Reply } | { readonly verdict: Verdict }> {
  // rspamd begins when it has the last octet, and wants to know beforehand how many there are.
  const octets = await message.size();
  if (octets > options.maxBytes) {
    services.metrics.scanEnded('not_scanned');
    return { verdict: notScanned(options.notScanned) };
  }
  try {
    const reply = await ask(message, octets, services, options);
    services.metrics.scanEnded('answered');
    return { reply };
  } catch (error) {
    const isGivenUp = message.signal.aborted;
    services.metrics.scanEnded(isGivenUp ? 'given_up' : 'failed');
    if (isGivenUp) return { verdict: tempfail('the scan was given up') };
    if (!(error instanceof ServerFailure)) throw error;
    return { verdict: tempfail(`rspamd: ${error.message}`) };
  }
}

async function ask(
  message: MessageView,
  octets: number,
  services: ScanServices,
  options: ScanOptions,
): Promise<Reply> {
  const { host } = message.account.upstream;
  const envelope = services.envelopes.envelopeOf(host, await message.headers());
  if (envelope.strangeWriter !== undefined) {
    services.noteStrangeWriter(host, envelope.strangeWriter);
  }
  const question = {
    method: 'POST',
    path: '/checkv2',
    headers: checkHeaders(message, envelope, options),
    body: { octets, pieces: () => message.bytes() },
  } as const;
  const { clock } = services.exchange;
  return services.servers.ask(message.signal, async (server, signal) => {
    const startMs = clock.monotonicMs();
    const reply = parseReply(await exchange(server, question, services.exchange, signal));
    services.metrics.answered(server.name, clock.monotonicMs() - startMs);
    return reply;
  });
}

function notScanned(policy: ScanOptions['notScanned']): Verdict {
  switch (policy) {
    case 'pass':
      return pass();
    case 'flag':
      return flag('not-checked-for-spam', 'the message is too large for rspamd');
    case 'defer':
      return tempfail('rspamd: the message is too large');
  }
}
