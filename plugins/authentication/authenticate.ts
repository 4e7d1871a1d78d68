// Owns the verification of a message by mailauth, on the octets as the mail server sent them. No SPF:
// over POP3 nobody knows from which address a message was sent.
import { addAbortSignal, Readable } from 'node:stream';
import { arc } from 'mailauth/lib/arc/index.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { dmarc } from 'mailauth/lib/dmarc/index.js';
import type { MessageView } from '#plugin-api';
import { authorsOnly, headerLimits, isVerifiable } from './header-limits.ts';
import { withCrlf } from './line-ends.ts';
import type { Lookups } from './lookups.ts';
import type {
  ArcStatus,
  DkimOutcome,
  DkimStatus,
  DmarcOutcome,
  DmarcPolicy,
  Outcome,
} from './outcome.ts';

export interface AuthenticationSettings {
  /** Shorter RSA keys count as none (RFC 8301 s.3.2: at least 1024). */
  readonly minKeyBits: number;
}

export async function authenticate(
  message: Pick<MessageView, 'headers' | 'bytes' | 'signal'>,
  lookups: Lookups,
  { minKeyBits }: AuthenticationSettings,
): Promise<Outcome> {
  const headers = await message.headers();
  const isWhole = isVerifiable(
    await startOf(message.bytes(), headerLimits.maxOctets),
    headerLimits,
  );
  const octets = isWhole
    ? withCrlf(message.bytes())
    : [Buffer.from(authorsOnly(headers, headerLimits), 'latin1')];
  const input = addAbortSignal(message.signal, Readable.from(octets));
  const options = {
    resolver: lookups.resolve,
    minBitLength: minKeyBits,
    // What the lenient mode lets pass (rsa-sha1, double tags) differs from one verifier to the next.
    strict: true,
  };
  const verified = await dkimVerify(input, options);
  const signatures = verified.results.map(toDkimOutcome).filter(({ status }) => status !== 'none');
  const chain =
    verified.arc === undefined ? undefined : await arc(verified.arc as ChainData, options);
  const alignment = await dmarc({
    headerFrom: verified.headerFrom,
    fromFields: verified.fromFields,
    spfDomains: [],
    dkimDomains: verified.results.flatMap(({ id, signingDomain, status }) =>
      status.result === 'pass' && signingDomain !== undefined
        ? [{ id: id ?? '', domain: signingDomain, underSized: status.underSized ?? 0 }]
        : [],
    ),
    ...options,
  });
  return {
    dkim: isWhole ? signatures : [],
    arc: toArcStatus(chain?.status.result),
    dmarc: toDmarcOutcome(alignment),
    scope: isWhole ? 'whole' : 'limited',
    dns: lookups.hasFailed ? 'failed' : 'answered',
  };
}

/** More than `maxOctets` of it, or all there is. */
async function startOf(bytes: AsyncIterable<Buffer>, maxOctets: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let octets = 0;
  for await (const piece of bytes) {
    pieces.push(piece);
    octets += piece.length;
    if (octets > maxOctets) break;
  }
  return Buffer.concat(pieces);
}

/** The same object; only its declarations in mailauth differ. */
type ChainData = Parameters<typeof arc>[0];
type VerifiedSignature = Awaited<ReturnType<typeof dkimVerify>>['results'][number];
type Alignment = Awaited<ReturnType<typeof dmarc>>;

function toDkimOutcome({ status, signingDomain, selector }: VerifiedSignature): DkimOutcome {
  return {
    status: toDkimStatus(status.result),
    domain: signingDomain,
    selector,
    openOctets: status.underSized ?? 0,
  };
}

function toDkimStatus(result: string): DkimStatus {
  switch (result) {
    case 'pass':
    case 'fail':
    case 'neutral':
    case 'policy':
    case 'temperror':
    case 'none':
      return result;
    default:
      return 'permerror';
  }
}

function toArcStatus(result: string | undefined): ArcStatus {
  return result === 'pass' || result === 'none' || result === undefined
    ? (result ?? 'none')
    : 'fail';
}

function toDmarcOutcome(alignment: Alignment): DmarcOutcome {
  // mailauth evaluates nothing when there are none or several domains of authors (RFC 9989 s.5.3.1).
  if (alignment === false)
    return { status: 'permerror', domain: undefined, policy: undefined, openOctets: 0 };
  const { result, header } = alignment.status;
  const domain = header?.['from'];
  return {
    status: toDmarcStatus(result),
    domain: typeof domain === 'string' ? domain : undefined,
    policy: toPolicy(alignment.policy),
    // Not there when there is no policy.
    openOctets: alignment.alignment?.dkim.underSized ?? 0,
  };
}

function toDmarcStatus(result: string): DmarcOutcome['status'] {
  switch (result) {
    case 'pass':
    case 'fail':
    case 'none':
    case 'temperror':
      return result;
    default:
      return 'permerror';
  }
}

function toPolicy(policy: string | undefined): DmarcPolicy | undefined {
  switch (policy) {
    case 'none':
    case 'quarantine':
    case 'reject':
      return policy;
    default:
      return undefined;
  }
}
