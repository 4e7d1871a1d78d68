// Owns what a request to spamd looks like (SPAMC/1.5). Pure.

export type SpamdCommand = 'PING' | 'REPORT' | 'TELL';

/** What TELL asks for: to learn as spam or ham, or to take back what was learned. */
export type Teaching = 'spam' | 'ham' | 'forget' | 'nothing';

export interface RequestHead {
  readonly command: SpamdCommand;
  /** Of all that follows the head. */
  readonly octets: number;
  /** Whose preferences and Bayes data; printable ASCII. */
  readonly user?: string | undefined;
  readonly teaching?: Teaching;
}

const teachingFields: Readonly<Record<Teaching, readonly string[]>> = {
  spam: ['Message-class: spam', 'Set: local'],
  ham: ['Message-class: ham', 'Set: local'],
  forget: ['Remove: local'],
  nothing: [],
};

export function formatHead({ command, octets, user, teaching }: RequestHead): string {
  const lines = [`${command} SPAMC/1.5`];
  if (command !== 'PING') lines.push(`Content-length: ${octets}`);
  if (user !== undefined) lines.push(`User: ${user}`);
  if (teaching !== undefined) lines.push(...teachingFields[teaching]);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
