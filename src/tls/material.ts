// Owns the certificates of listeners.
import type { ListenerConfig } from '../config/schema.ts';
import type { OpenAuthority } from './authority/open-authority.ts';
import { toServerCertificate } from './certificate.ts';
import { CertificateFiles, type Certificates } from './certificate-files.ts';
import { createSelfSigned, type PemPair } from './self-signed.ts';
import { ServerTls } from './server-tls.ts';
import type { TicketKeys } from './ticket-keys.ts';

export interface ListenerMaterial {
  readonly tls: ServerTls;
  /** Undefined where a certificate was made, for lack of a configured one. */
  readonly files: CertificateFiles | undefined;
  readonly authority: OpenAuthority | undefined;
}

/** What processes that serve the same listeners have in common. */
export interface SharedTls {
  readonly ticketKeys: TicketKeys;
  /** For listeners without a certificate. */
  readonly selfSigned: PemPair;
}

export function createListenerSelfSigned(): Promise<PemPair> {
  return createSelfSigned({
    commonName: 'Postern development',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1', '::1'],
    days: selfSignedDays,
  });
}

const selfSignedDays = 30;

/** What listeners have in common. */
export interface MaterialSources {
  readonly ticketKeys: TicketKeys;
  /** For listeners without a certificate; made where it is missing. */
  readonly selfSigned?: PemPair | undefined;
  /** For listeners that have certificates made. */
  readonly authority?: OpenAuthority | undefined;
}

/** Reads or makes the certificates of a listener; undefined for one without TLS. */
export async function loadListenerMaterial(
  listener: ListenerConfig,
  { ticketKeys, selfSigned, authority }: MaterialSources,
): Promise<ListenerMaterial | undefined> {
  if (listener.tls === 'none') return undefined;
  const files = await CertificateFiles.load(listener.certificates);
  const certificates: Certificates = files?.certificates ?? [
    toServerCertificate(selfSigned ?? (await createListenerSelfSigned())),
  ];
  const mint = listener.mint && authority && { minter: authority.minter, policy: listener.mint };
  if (mint !== undefined) authority?.check(listener.name, mint.policy);
  return { tls: new ServerTls(listener, certificates, { ticketKeys, mint }), files, authority };
}
