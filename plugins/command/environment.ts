// Owns what a program is told by environment variables: the facts of the message, the variables that
// the configuration names, and nothing else of Postern's own environment.
import type { MessageFacts } from '#plugin-api';

const maxValueLength = 1000;

export function environmentFor(
  message: MessageFacts,
  names: readonly string[],
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const { session, account } = message;
  const facts: Readonly<Record<string, string | undefined>> = {
    POSTERN_SESSION: session.id,
    POSTERN_CLIENT: session.client.address,
    POSTERN_LISTENER: session.client.listener,
    POSTERN_USER: account.user,
    POSTERN_ROUTE: account.route,
    POSTERN_UPSTREAM: account.upstream.host,
    POSTERN_NUMBER: String(message.number),
    POSTERN_UIDL: message.uidl,
    POSTERN_LISTED_OCTETS: String(message.listedOctets),
  };
  const environment: Record<string, string> = {};
  for (const name of names) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  for (const [name, value] of Object.entries(facts)) {
    // A NUL ends a variable, so one in a fact would keep the program from starting.
    if (value !== undefined) environment[name] = printable(value).slice(0, maxValueLength);
  }
  return environment;
}

/** One line without control and formatting characters. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
