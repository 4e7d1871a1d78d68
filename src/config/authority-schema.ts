// Owns the keys of the local authority that signs certificates for the names clients ask for.
import { z } from 'zod';
import { duration, path, secret } from './values.ts';

const crlUrlError = 'expected a URL such as http://pki.example.net/revoked.crl';

export const authoritySchema = z
  .strictObject({
    folder: path(
      'Folder of its certificate, its key and its records; by default authority in the state folder.',
    ).optional(),
    passphrase: secret('Passphrase of its private key.').optional(),
    certificate_life: duration(
      'For which a certificate is signed; it is renewed when a third of that is left.',
      { fallback: '7d', min: '1h', max: '90d' },
    ),
    crl_url: z
      .string({ error: crlUrlError })
      .max(500, { error: crlUrlError })
      .regex(/^http:\/\/[!-~]+$/, { error: crlUrlError })
      .describe(
        'Where clients find the list of revoked certificates, which postern ca export writes. Plain HTTP, as RFC 5280 wants it.',
      )
      .optional(),
  })
  .transform(({ folder, passphrase, certificate_life, crl_url }) => ({
    folder,
    passphrase,
    lifetimeMs: certificate_life,
    crlUrl: crl_url,
  }));
