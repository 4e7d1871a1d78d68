// Owns in which way a message is asked for at the upstream: to be looked at, or to be passed on as it is.
import type { LimitsConfig } from '../config/schema.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { UpstreamMessage } from '../session/maildrop.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import { FetchedMessage, type FetchServices } from './fetched-message.ts';
import type { AskedMessage } from './read-ahead.ts';
import { RelayedMessage } from './relayed-message.ts';

export interface AskingServices extends FetchServices {
  readonly limits: LimitsConfig;
  readonly upstream: UpstreamClient;
  factsOf(message: UpstreamMessage): MessageFacts;
}

export interface Asking {
  /** Undefined for RETR. */
  readonly bodyLines: number | undefined;
  /** `early`: before the client asks, so that it does not wait. */
  readonly when: 'now' | 'early';
}

/** Some servers count a line end as one octet, or leave out what they add to the header. */
const unlistedOctets = 64 * 1024;

/** Sends RETR, or TOP. */
export function askForMessage(
  message: UpstreamMessage,
  { bodyLines, when }: Asking,
  services: AskingServices,
): AskedMessage {
  const { pipeline, limits, upstream, spool } = services;
  const { upstreamNumber, upstreamOctets } = message;
  const aheadOctets = 2 * upstreamOctets + unlistedOctets;
  const isUntouched = pipeline.isEmpty || (pipeline.isIdle && bodyLines !== undefined);
  if (isUntouched && (bodyLines === undefined || upstream.hasTop)) {
    return new RelayedMessage(upstream, {
      upstreamNumber,
      bodyLines,
      maxOctets: limits.maxMessageBytes,
      ahead: when === 'early' ? { maxOctets: aheadOctets, budget: spool.budget } : undefined,
    });
  }
  // TOP is cut from what RETR would give, so all of the message is needed for it too.
  return new FetchedMessage(
    services.factsOf(message),
    { upstreamNumber, aheadOctets: when === 'early' ? aheadOctets : undefined },
    upstream,
    services,
  );
}
