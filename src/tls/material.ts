// Owns the certificates of listeners.
import type { ListenerConfig } from '../config/schema.ts';
import { readServerCertificate, toServerCertificate } from './certificate.ts';
import { createSelfSigned, type PemPair } from './self-signed.ts';
import { ServerTls, type TicketKeys } from './server-tls.ts';

export interface ListenerMaterial {
  readonly tls: ServerTls;
  /** Made at start for lack of a configured certificate. */
  readonly isSelfSigned: boolean;
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
  shared?: SharedTls,
): Promise<ListenerMaterial | undefined> {
  if (listener.tls === 'none') return undefined;
  const [first, ...others] = await Promise.all(listener.certificates.map(readServerCertificate));
  const isSelfSigned = first === undefined;
  const main =
    first ?? toServerCertificate(shared?.selfSigned ?? (await createListenerSelfSigned()));
  const tls = new ServerTls(listener, [main, ...others], shared?.ticketKeys);
  return { tls, isSelfSigned };
}
