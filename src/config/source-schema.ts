// Owns the keys that say where a route has its server from, when it is not written down as `host`.
import { z } from 'zod';
import { directorySchema } from './directory-schema.ts';
import { type NamedServer, parseServer } from './named-server.ts';
import { type ProviderName, providers } from './providers.ts';
import { oneOf } from './values.ts';

/** Where the servers of a route come from. */
export type TargetSource =
  /** Written down in the route. */
  | { readonly kind: 'hosts' }
  /** Named by the client. */
  | { readonly kind: 'login name' }
  /** Where the client wanted to go before a firewall diverted it. */
  | { readonly kind: 'destination' }
  /** Written down for single users and domains. */
  | { readonly kind: 'table'; readonly entries: TargetTable }
  /** Of the provider whose domain the login name has. */
  | { readonly kind: 'provider' }
  /** Named by SRV records of the domain of the login name. */
  | { readonly kind: 'srv' }
  /** Told by a directory that is asked for each login. */
  | { readonly kind: 'directory' };

/** By login name, domain, or `*` for all others. */
export type TargetTable = Readonly<Record<string, NamedServer>>;

const serverError = 'expected a server such as pop.example.net or pop.example.net:995';

const server = z.string({ error: serverError }).transform((text, context): NamedServer => {
  const parsed = parseServer(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: serverError });
  return z.NEVER;
});

const tableSchema = z.record(z.string().min(1).max(320), server, {
  error: 'expected a mapping of login names and domains to servers',
});

/** At most one of them, and only without `host`. */
export const sourceKeys = {
  from: oneOf(
    'Who names the server in place of host: login_name, destination for connections that a firewall diverted, or srv for the DNS records of the domain (RFC 6186). It has to be allowed by targets.',
    ['login_name', 'destination', 'srv'],
  ).optional(),
  table: tableSchema
    .describe('Servers by login name or domain, * for all others, in place of host.')
    .optional(),
  provider: oneOf(
    'A large provider in place of host, whose server is known; auto takes the one whose domain the login name has. See routing.md.',
    ['auto', ...providers.map(({ name }) => name)],
  ).optional(),
  auth_http: directorySchema
    .optional()
    .describe(
      'A directory that is asked for each login, in place of host, as auth_http of nginx does. The server that it names has to be allowed by targets.',
    ),
};

export interface SourceInput {
  readonly host?: readonly string[] | undefined;
  readonly from?: 'login_name' | 'destination' | 'srv' | undefined;
  readonly table?: TargetTable | undefined;
  readonly provider?: 'auto' | ProviderName | undefined;
  readonly auth_http?: object | undefined;
}

type SourceKey = keyof SourceInput;
const keys = ['host', ...Object.keys(sourceKeys)] as SourceKey[];

export function checkSource(input: SourceInput, context: z.RefinementCtx): void {
  const given = keys.filter((key) => input[key] !== undefined);
  const [first, second] = given;
  if (first === undefined) {
    const message =
      'missing; expected a host name or an IP address, or from, table, provider or auth_http';
    context.addIssue({ code: 'custom', path: ['host'], message });
  } else if (second !== undefined) {
    const message = `expected only one of ${given.join(' and ')}`;
    context.addIssue({ code: 'custom', path: [second], message });
  }
}

/** Of what `checkSource` has let through. */
export function sourceOf({ from, table, provider, auth_http }: SourceInput): TargetSource {
  if (from === 'login_name') return { kind: 'login name' };
  if (from === 'destination') return { kind: 'destination' };
  if (from === 'srv') return { kind: 'srv' };
  if (table !== undefined) return { kind: 'table', entries: table };
  if (provider === 'auto') return { kind: 'provider' };
  return auth_http === undefined ? { kind: 'hosts' } : { kind: 'directory' };
}
