// Owns the keys of automatic configuration: for which domains mail programs are told what, and where the
// pages with it are served.
import { z } from 'zod';
import { host, integer, ipAddress, label, listOf, oneOf, text } from './values.ts';

/** As it stands behind the @, in the form of DNS. */
function domain(about: string) {
  const error = 'expected a domain such as example.net; in other scripts its form for DNS, xn--...';
  return z
    .string({ error })
    .max(253, { error })
    .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/i, {
      error,
    })
    .describe(about)
    .transform((name) => name.toLowerCase());
}

function userName() {
  return oneOf('User name: the whole mail address, or what stands before the @.', [
    'address',
    'local_part',
  ]).default('address');
}

const usualPorts = { implicit: 465, stls: 587, none: 25 } as const;

const outgoingSchema = z
  .strictObject({
    host: host('SMTP server of the provider. Postern has no part in sending mail.'),
    port: integer('Its port; by default 465 for implicit TLS, 587 for stls, 25 without.', {
      min: 1,
      max: 65_535,
    }).optional(),
    tls: oneOf('Encryption towards it; stls is STARTTLS.', ['implicit', 'stls', 'none']).default(
      'implicit',
    ),
    authentication: oneOf('Whether it asks for a password.', ['password', 'none']).default(
      'password',
    ),
    user_name: userName(),
  })
  .transform(({ user_name, port, ...outgoing }) => ({
    ...outgoing,
    port: port ?? usualPorts[outgoing.tls],
    userName: user_name,
  }));

const domainSchema = z
  .strictObject({
    names: z
      .array(domain('Mail domain.'), { error: 'expected a list of domains' })
      .min(1, { error: 'expected at least one domain' })
      .describe('Mail domains of the addresses that this is for.'),
    listeners: z
      .array(label('Name of a listener.'), { error: 'expected a list of listener names' })
      .min(1, { error: 'expected at least one listener name' })
      .describe(
        'Listeners that are told, the best first; by default those with TLS and announce.host.',
      )
      .optional(),
    user_name: userName(),
    outgoing: outgoingSchema.describe('Where mail is sent: mail programs ask for both together.'),
  })
  .transform(({ user_name, ...rest }) => ({ ...rest, userName: user_name }));

export const autoconfigSchema = z
  .strictObject({
    address: ipAddress('Address of the pages.').default('127.0.0.1'),
    port: integer('Port of the pages; 0 takes any free port.', { min: 0, max: 65_535 }),
    certificate_of: label(
      'Listener whose certificate is shown, for HTTPS. Without it HTTP, for a web server in front.',
    ).optional(),
    display_name: text('What a mail program calls the account.', { maxLength: 60 }).optional(),
    domains: listOf('domain', domainSchema).describe('What is told, by mail domain.'),
  })
  .transform(({ certificate_of, display_name, ...rest }) => ({
    ...rest,
    certificateOf: certificate_of,
    displayName: display_name,
  }));
