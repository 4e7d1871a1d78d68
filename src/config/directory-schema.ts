// Owns the keys of a directory that is asked for each login: the protocol of auth_http in nginx.
import { z } from 'zod';
import { duration, secret } from './values.ts';

const urlError = 'expected an address such as http://127.0.0.1:8080/auth, without user or password';

const url = z
  .string({ error: urlError })
  .max(2000, { error: urlError })
  .refine(isDirectoryUrl, { error: urlError })
  .describe('Address of the directory, http or https.');

const nameError = 'expected the name of a header field';

const headerSchema = z.strictObject({
  name: z
    .string({ error: nameError })
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, { error: nameError })
    .describe('Name of the field.'),
  value: secret('Value of the field.'),
});

export const directorySchema = z
  .strictObject({
    url,
    header: headerSchema
      .optional()
      .describe(
        'A header field by which the directory knows who asks, as auth_http_header has it.',
      ),
    timeout: duration('For its answer.', { fallback: '10s', min: '10ms', max: '5m' }),
  })
  .transform(({ url: address, header, timeout }) => ({ url: address, header, timeoutMs: timeout }));

function isDirectoryUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  const isBare = username === '' && password === '' && hash === '';
  return isBare && (protocol === 'http:' || protocol === 'https:');
}
