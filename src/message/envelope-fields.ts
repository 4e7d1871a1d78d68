// Owns what fields other than Received say of an envelope. Whoever asks knows that the fields are not
// the sender's own. Pure.
import { toAddress } from '../base/network.ts';
import { type AuthenticationResult, parseAuthenticationResults } from './authentication-results.ts';
import { toMailPath } from './mail-path.ts';
import { toGreeting } from './received-client.ts';
import { readStatement } from './stated-values.ts';

export interface EnvelopeFacts {
  readonly sender?: string | undefined;
  readonly recipient?: string | undefined;
  readonly clientAddress?: string | undefined;
  readonly helo?: string | undefined;
  readonly authentication?: readonly AuthenticationResult[] | undefined;
}

/** Undefined for a field that is about something else. `isOwnId`: is that authserv-id the provider's? */
export function envelopeFacts(
  name: string,
  value: string,
  isOwnId: (authservId: string) => boolean,
): EnvelopeFacts | undefined {
  switch (name.toLowerCase()) {
    case 'return-path':
    case 'x-envelope-from':
      return { sender: toMailPath(value) };
    case 'delivered-to':
    case 'x-delivered-to':
    case 'x-original-to':
    case 'envelope-to':
    case 'x-envelope-to':
      return { recipient: toMailPath(value) };
    case 'authentication-results':
      return fromResults(value, isOwnId);
    case 'received-spf':
      return fromSpf(value);
    default:
      return undefined;
  }
}

function fromResults(
  value: string,
  isOwnId: (authservId: string) => boolean,
): EnvelopeFacts | undefined {
  const statement = readStatement(value);
  // Exchange Online writes no authserv-id, and begins with the first result.
  if (statement === undefined) return undefined;
  if (!statement.subject.includes('=') && !isOwnId(statement.subject)) return undefined;
  const { values } = statement;
  return {
    sender: addressIn(values.get('smtp.mailfrom')),
    helo: toGreeting(values.get('smtp.helo')),
    authentication: parseAuthenticationResults(value)?.results,
    clientAddress: toAddress(values.get('policy.iprev') ?? values.get('smtp.remote-ip') ?? ''),
  };
}

function fromSpf(value: string): EnvelopeFacts | undefined {
  const values = readStatement(value)?.values;
  return (
    values && {
      sender: addressIn(values.get('envelope-from')),
      helo: toGreeting(values.get('helo')),
      clientAddress: toAddress(values.get('client-ip') ?? ''),
    }
  );
}

/** Many write a domain alone, which is no sender; nor is the empty path told from one left out. */
function addressIn(text: string | undefined): string | undefined {
  const path = text === undefined ? undefined : toMailPath(text);
  return path === '' ? undefined : path;
}
