// Owns what the provider of a mailbox says about a message in header fields: its word for the origin, and
// its own verdict on spam. A sender can write the same fields, so only those count that the configuration
// trusts for the route of the mailbox.
import type { AuthenticationResult, HeaderReader } from '#plugin-api';
import { parseAuthenticationResults } from '#plugin-api';
import { type ProviderVerdict, readSpamField } from './spam-fields.ts';

export interface ProviderTrust {
  /** Names of routes; undefined for all. */
  readonly routes: ReadonlySet<string> | undefined;
  /** In lower case. */
  readonly authservIds: ReadonlySet<string>;
  /** Names of fields in lower case, in the order in which they are asked. */
  readonly spamFields: readonly string[];
}

export interface ProviderResults {
  readonly authentication: readonly AuthenticationResult[];
  readonly spam: ProviderVerdict | undefined;
}

export const nothingSaid: ProviderResults = { authentication: [], spam: undefined };

/** Fields stand on top of each other: below the first of a server, a sender may have written another. */
const mostFields = 20;

export function readProviderResults(
  headers: HeaderReader,
  route: string,
  trust: readonly ProviderTrust[],
): ProviderResults {
  const own = trust.filter(({ routes }) => routes === undefined || routes.has(route));
  if (own.length === 0) return nothingSaid;
  return { authentication: authenticationOf(headers, own), spam: spamOf(headers, own) };
}

function authenticationOf(
  headers: HeaderReader,
  trust: readonly ProviderTrust[],
): readonly AuthenticationResult[] {
  if (trust.every(({ authservIds }) => authservIds.size === 0)) return [];
  for (const value of headers.all('Authentication-Results').slice(0, mostFields)) {
    const parsed = parseAuthenticationResults(value);
    // It may be the provider's, made unreadable by the sender so that one of his own below is read.
    if (parsed === undefined) return [];
    if (trust.some(({ authservIds }) => authservIds.has(parsed.authservId))) return parsed.results;
  }
  return [];
}

function spamOf(
  headers: HeaderReader,
  trust: readonly ProviderTrust[],
): ProviderVerdict | undefined {
  for (const name of trust.flatMap(({ spamFields }) => spamFields)) {
    const value = headers.get(name);
    const verdict = value === undefined ? undefined : readSpamField(name, value);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}
