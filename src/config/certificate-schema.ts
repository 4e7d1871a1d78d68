// Owns the keys of a certificate of our own: towards clients, and towards servers that ask for one.
import { z } from 'zod';
import { path, secret } from './values.ts';

export const certificateSchema = z
  .strictObject({
    cert: path('PEM file with the certificate and its chain.'),
    key: path('PEM file with the private key.'),
    passphrase: secret('Passphrase of the private key.').optional(),
  })
  .transform(({ cert, key, passphrase }) => ({ certFile: cert, keyFile: key, passphrase }));
