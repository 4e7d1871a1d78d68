// Owns the certificates of listeners.
import type { ListenerConfig } from '../config/schema.ts';
import { toServerCertificate } from './certificate.ts';
import { CertificateFiles, type Certificates } from './certificate-files.ts';
import { createSelfSigned, type PemPair } from './self-signed.ts';
import { ServerTls } from './server-tls.ts';
import type { TicketKeys } from './ticket-keys.ts';

export interface ListenerMaterial {
  readonly tls: ServerTls;
  /** Undefined where a certificate was made, for lack of a configured one. */
  readonly files: CertificateFiles | undefined;
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

/** Reads or makes the certificates of a listener; undefined for one without TLS. */
export async function loadListenerMaterial(
  listener: ListenerConfig,
  ticketKeys: TicketKeys,
  selfSigned?: PemPair,
): Promise<ListenerMaterial | undefined> {
  if (listener.tls === 'none') return undefined;
  const files = await CertificateFiles.load(listener.certificates);
  const certificates: Certificates = files?.certificates ?? [
    toServerCertificate(selfSigned ?? (await createListenerSelfSigned())),
  ];
  return { tls: new ServerTls(listener, certificates, ticketKeys), files };
}
