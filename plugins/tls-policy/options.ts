// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { type Network, parseNetwork, z } from '#plugin-api';

export const tlsVersions = ['TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

export type TlsDemand = 'required' | 'optional';

/** What holds for some clients. */
export interface ClientRule {
  /** Undefined means every listener. */
  readonly listeners: readonly string[] | undefined;
  /** Undefined means every address. */
  readonly networks: readonly Network[] | undefined;
  readonly tls: TlsDemand;
  readonly minVersion: TlsVersion | undefined;
}

export type UpstreamRule =
  | { readonly tls: 'required'; readonly minVersion: TlsVersion }
  | { readonly tls: 'optional' };

const demand = z.enum(['required', 'optional'], { error: 'expected required or optional' });
const version = z.enum(tlsVersions, { error: 'expected TLSv1.2 or TLSv1.3' });
const networkError =
  'expected an IP network or address, such as 192.168.0.0/16, 2001:db8::/32 or 127.0.0.1';

const network = z.string({ error: networkError }).transform((text, context) => {
  const parsed = parseNetwork(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: networkError });
  return z.NEVER;
});

function listOf<T extends z.ZodType>(item: T, about: string) {
  const error = 'expected a list with at least one entry';
  return z.array(item, { error }).min(1, { error }).describe(about).optional();
}

const client = z
  .strictObject({
    listeners: listOf(
      z.string({ error: 'expected the name of a listener' }),
      'Names of listeners; default: all.',
    ),
    networks: listOf(network, 'IP networks or addresses of clients; default: all.'),
    tls: demand.describe('Whether a client must encrypt before it may log in.'),
    min_version: version.optional().describe('Clients with an older version are turned away.'),
  })
  .transform(
    (rule): ClientRule => ({
      listeners: rule.listeners,
      networks: rule.networks,
      tls: rule.tls,
      minVersion: rule.min_version,
    }),
  );

const upstream = z
  .strictObject({
    tls: demand
      .default('required')
      .describe('Whether the connection to the mail server must be encrypted.'),
    min_version: version.optional().describe('Default: TLSv1.2.'),
  })
  .transform((rule, context): UpstreamRule => {
    if (rule.tls === 'required') {
      return { tls: 'required', minVersion: rule.min_version ?? 'TLSv1.2' };
    }
    if (rule.min_version !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['min_version'],
        message: 'a least version can be demanded only with tls: required',
      });
    }
    return { tls: 'optional' };
  });

export const optionsSchema = z
  .strictObject({
    clients: z
      .array(client, { error: 'expected a list of rules' })
      .default([])
      .describe('Rules for clients; the first that fits holds.'),
    default: demand.default('required').describe('For clients that no rule fits.'),
    upstream: upstream.prefault({}).describe('What the mail server must fulfil.'),
  })
  .transform((options) => ({
    clients: options.clients,
    otherClients: options.default,
    upstream: options.upstream,
  }));

export type TlsPolicyOptions = z.output<typeof optionsSchema>;
