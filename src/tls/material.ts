// Owns the certificates of listeners.
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { ListenerConfig } from '../config/schema.ts';
import { createSelfSigned, type PemPair } from './self-signed.ts';

export interface ListenerMaterial {
  readonly secureContext: SecureContext;
  /** Made at start for lack of a configured certificate. */
  readonly isSelfSigned: boolean;
  /** From here on, `secureContext` is one whose session tickets are made and read with these keys. */
  useTicketKeys(keys: TicketKeys): void;
}

/** How long a client can resume a session. OpenSSL's two hours are short for clients that poll seldom. */
export const ticketsLastSeconds = 86_400;

/** What session tickets are sealed with: 48 octets, never written down anywhere. */
export type TicketKeys = Buffer;

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

/** Reads or makes the certificate of a listener; undefined for one without TLS. */
export async function loadListenerMaterial(
  listener: ListenerConfig,
  shared?: SharedTls,
): Promise<ListenerMaterial | undefined> {
  if (listener.tls === 'none') return undefined;
  const { certificate } = listener;
  const isSelfSigned = certificate === undefined;
  const pem = isSelfSigned
    ? (shared?.selfSigned ?? (await createListenerSelfSigned()))
    : {
        certPem: await readFile(certificate.certFile, 'utf8'),
        keyPem: await readFile(certificate.keyFile, 'utf8'),
      };
  const passphrase = certificate?.passphrase?.reveal().toString('utf8');
  const options: SecureContextOptions = {
    cert: pem.certPem,
    key: pem.keyPem,
    minVersion: listener.minTlsVersion,
    // Mozilla's guideline leaves the order of ciphers to the client.
    honorCipherOrder: false,
    sessionTimeout: ticketsLastSeconds,
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  let secureContext = createSecureContext({ ...options, ...ticketOptions(shared?.ticketKeys) });
  return {
    isSelfSigned,
    get secureContext() {
      return secureContext;
    },
    useTicketKeys(keys) {
      secureContext = createSecureContext({ ...options, ...ticketOptions(keys) });
    },
  };
}

/** Without keys OpenSSL makes its own, which only this context knows. */
function ticketOptions(ticketKeys: TicketKeys | undefined): SecureContextOptions {
  return ticketKeys === undefined ? {} : { ticketKeys };
}
