// Owns the certificates of listeners and the trust towards upstreams.
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls';
import type { ListenerConfig, UpstreamTarget } from '../config/schema.ts';
import { createSelfSigned } from './self-signed.ts';

export interface ListenerMaterial {
  readonly secureContext: SecureContext;
  /** Made at start for lack of a configured certificate. */
  readonly isSelfSigned: boolean;
}

const selfSignedDays = 30;

/** Reads or makes the certificate of a listener; undefined for one without TLS. */
export async function loadListenerMaterial(
  listener: ListenerConfig,
): Promise<ListenerMaterial | undefined> {
  if (listener.tls === 'none') return undefined;
  const { certificate } = listener;
  const isSelfSigned = certificate === undefined;
  const pem = isSelfSigned
    ? await createSelfSigned({
        commonName: 'Postern development',
        dnsNames: ['localhost'],
        ipAddresses: ['127.0.0.1', '::1'],
        days: selfSignedDays,
      })
    : {
        certPem: await readFile(certificate.certFile, 'utf8'),
        keyPem: await readFile(certificate.keyFile, 'utf8'),
      };
  const passphrase = certificate?.passphrase?.reveal().toString('utf8');
  const secureContext = createSecureContext({
    cert: pem.certPem,
    key: pem.keyPem,
    minVersion: listener.minTlsVersion,
    // Mozilla's guideline leaves the order of ciphers to the client.
    honorCipherOrder: false,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  return { secureContext, isSelfSigned };
}

/** Options of every TLS connection to an upstream: TLS 1.2 or newer, chain and name verified. */
export async function loadUpstreamTrust(target: UpstreamTarget): Promise<ConnectionOptions> {
  const ca = target.caFile === undefined ? undefined : await readFile(target.caFile, 'utf8');
  return {
    host: target.serverName,
    minVersion: target.minTlsVersion,
    rejectUnauthorized: target.verify === 'full',
    secureContext: createSecureContext({
      minVersion: target.minTlsVersion,
      ...(ca === undefined ? {} : { ca }),
    }),
    // SNI carries names only (RFC 6066 s.3); an address is verified, as `host`, against the certificate's IP names.
    ...(isIP(target.serverName) === 0 ? { servername: target.serverName } : {}),
  };
}
