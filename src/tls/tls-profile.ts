// Owns what is negotiated with clients: versions, ciphers, key exchange. Pure.
import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { ListenerConfig } from '../config/schema.ts';

/** Mozilla's guideline 5.7, "intermediate"; TLS 1.3 has suites of its own, all of them good. */
const intermediateCiphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/**
 * For what was built twenty years ago. TLS 1.0 signs with SHA-1, which OpenSSL does at level 0 only. No
 * ciphers without encryption or without a certificate even there, and none of export strength.
 */
const legacyCiphers = [...intermediateCiphers, 'HIGH', 'MEDIUM', '!aNULL', '!eNULL', '@SECLEVEL=0'];

const curves = ['X25519MLKEM768', 'X25519', 'prime256v1', 'secp384r1'];

/** Clients cannot begin a second handshake in a connection, nor compress (CRIME, RFC 7457 s.2.6). */
const always = constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION;

/** A client that is slow at AES is not made to use it. */
const ownOrder = constants.SSL_OP_PRIORITIZE_CHACHA;

/** Whose order counts: Mozilla's guideline leaves it to the client. */
export type CipherOrder = 'of client' | 'own';

export function profileOptions(
  { tlsProfile, minTlsVersion }: Pick<ListenerConfig, 'tlsProfile' | 'minTlsVersion'>,
  order: CipherOrder,
): SecureContextOptions {
  return {
    minVersion: minTlsVersion,
    ciphers: (tlsProfile === 'legacy' ? legacyCiphers : intermediateCiphers).join(':'),
    ecdhCurve: curves.join(':'),
    honorCipherOrder: order === 'own',
    secureOptions: order === 'own' ? always | ownOrder : always,
  };
}
