// Owns what was found out about the origin of a message, apart from any library.
import type { SenderOrigin } from '#plugin-api';

/** RFC 8601 s.2.7.1. */
export type DkimStatus =
  | 'pass'
  | 'fail'
  | 'neutral'
  | 'policy'
  | 'temperror'
  | 'permerror'
  | 'none';

export interface DkimOutcome {
  readonly status: DkimStatus;
  /** The domain that vouches for the message (d=). */
  readonly domain: string | undefined;
  readonly selector: string | undefined;
  /** Octets of the body that the signature leaves open (l=); 0 when it covers all. */
  readonly openOctets: number;
}

/** RFC 8617 s.5.2. */
export type ArcStatus = 'none' | 'pass' | 'fail';

/** What the domain of the author wants done with messages that fail. */
export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

export interface DmarcOutcome {
  /** `permerror`: there is not exactly one domain of an author. */
  readonly status: 'pass' | 'fail' | 'none' | 'temperror' | 'permerror';
  /** The domain of the author (From). */
  readonly domain: string | undefined;
  readonly policy: DmarcPolicy | undefined;
  /** Octets of the body that the signatures of that domain leave open. */
  readonly openOctets: number;
}

export interface Outcome {
  /** One for each signature, in the order of the header; empty for a message without. */
  readonly dkim: readonly DkimOutcome[];
  readonly arc: ArcStatus;
  readonly dmarc: DmarcOutcome;
  /** `limited`: the header is beyond all measure or divides into fields in several ways; no signature was looked at. */
  readonly scope: 'whole' | 'limited';
  /** Whether a question to the DNS has stayed without an answer. */
  readonly dns: 'answered' | 'failed';
}

/** In the words that other plugins know. A signature that leaves a part open vouches for nothing here. */
export function toOrigin({ dkim, dmarc, dns }: Outcome): SenderOrigin {
  const signers = dkim.flatMap(({ status, domain, openOctets }) =>
    status === 'pass' && openOctets === 0 && domain !== undefined ? [domain.toLowerCase()] : [],
  );
  return { signers, author: authorOf(dmarc, dns) };
}

function authorOf(
  { status, openOctets }: DmarcOutcome,
  dns: Outcome['dns'],
): SenderOrigin['author'] {
  if (status === 'pass') return openOctets === 0 ? 'pass' : 'unknown';
  if (dns === 'failed') return 'unknown';
  return status === 'fail' ? 'fail' : 'none';
}
