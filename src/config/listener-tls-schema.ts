// Owns the keys of a listener that are about encryption, and what they demand of each other.
import { z } from 'zod';
import type { Network } from '../base/network.ts';
import { certificateSchema } from './certificate-schema.ts';
import { namePattern, networks, oneOf, optionalListOf, tlsVersions } from './values.ts';

const mintError =
  'expected permitted or a list of names such as [pop.example.net, "*.example.org"]';

export const listenerTlsKeys = {
  tls: oneOf('Encryption offered to clients: none, stls (upgrade by command) or implicit.', [
    'none',
    'stls',
    'implicit',
  ]),
  certificate: certificateSchema
    .optional()
    .describe(
      'Certificate for clients that ask for no name or for one that is not there. Without any certificate a self-signed one is made, for tests.',
    ),
  certificates: optionalListOf('certificate', certificateSchema).describe(
    'More certificates, chosen by the name that a client asks for. Of one name there may be one with an ECDSA key and one with an RSA key.',
  ),
  mint: z
    .union([z.literal('permitted'), z.array(namePattern('A name.')).min(1, { error: mintError })], {
      error: mintError,
    })
    .describe(
      'Names that certificates are made for when a client asks for them, signed by the local authority; *.example.net stands for one label. permitted is all that the authority may sign for.',
    )
    .optional(),
  plain_login: z
    .union([z.enum(['allowed', 'refused']), networks('Networks.')], {
      error: 'expected allowed, refused or a list of networks',
    })
    .default('allowed')
    .describe('Login without encryption: allowed, refused, or allowed from these networks only.'),
  tls_profile: oneOf(
    'What is negotiated: intermediate as Mozilla recommends it, or legacy with TLS 1.0 and old ciphers, for named networks only.',
    ['intermediate', 'legacy'],
  ).default('intermediate'),
  min_version: oneOf(
    'Oldest TLS version accepted from clients; TLSv1.2 by default.',
    tlsVersions,
  ).optional(),
};

type TlsVersion = (typeof tlsVersions)[number];

const oldestOf = { intermediate: 'TLSv1.2', legacy: 'TLSv1' } as const;

/** In the words of the rest of the program. */
export function toListenerTls<
  Keys extends Pick<TlsKeys, 'plain_login' | 'tls_profile'> & {
    readonly min_version?: TlsVersion | undefined;
  },
>({ min_version, plain_login, tls_profile, ...rest }: Keys) {
  return {
    ...rest,
    plainLogin: plain_login,
    tlsProfile: tls_profile,
    minTlsVersion: min_version ?? oldestOf[tls_profile],
  };
}

interface TlsKeys {
  readonly tls: 'none' | 'stls' | 'implicit';
  readonly networks?: readonly Network[] | undefined;
  readonly certificate?: unknown;
  readonly certificates: readonly unknown[];
  readonly mint?: unknown;
  readonly plain_login: 'allowed' | 'refused' | readonly Network[];
  readonly tls_profile: 'intermediate' | 'legacy';
  readonly min_version?: string | undefined;
  readonly proxy_protocol?: { readonly tls: 'ignored' | 'trusted' } | undefined;
}

export function checkTls(keys: TlsKeys, context: z.RefinementCtx): void {
  const report = (key: keyof TlsKeys, message: string): void => {
    context.addIssue({ code: 'custom', path: [key], message });
  };
  if (keys.tls === 'none') checkPlain(keys, report);
  if (keys.tls === 'implicit' && keys.plain_login !== 'allowed') {
    report(
      'plain_login',
      'expected no plain_login with tls: implicit, which encrypts all there is',
    );
  }
  if (keys.tls_profile === 'legacy') checkLegacy(keys, report);
}

type Report = (key: keyof TlsKeys, message: string) => void;

function checkPlain(keys: TlsKeys, report: Report): void {
  if (keys.certificate !== undefined) {
    report('certificate', 'expected no certificate on a listener with tls: none');
  }
  if (keys.certificates.length > 0) {
    report('certificates', 'expected no certificates on a listener with tls: none');
  }
  if (keys.mint !== undefined) {
    report('mint', 'expected no mint on a listener with tls: none');
  }
  if (keys.plain_login === 'refused' && keys.proxy_protocol?.tls !== 'trusted') {
    report('plain_login', 'expected allowed or networks: with tls: none nobody could log in');
  }
  if (keys.tls_profile === 'legacy') {
    report('tls_profile', 'expected tls: stls or tls: implicit together with this profile');
  }
}

function checkLegacy({ networks: named, min_version }: TlsKeys, report: Report): void {
  if (min_version !== undefined) {
    report('min_version', 'expected no min_version with tls_profile: legacy, which is TLS 1.0');
  }
  if (named === undefined) {
    report('tls_profile', 'expected networks beside it: old TLS is for named clients only');
  }
  if (named?.some(({ prefixLength }) => prefixLength === 0)) {
    report('networks', 'expected named networks, not all addresses, with tls_profile: legacy');
  }
}
