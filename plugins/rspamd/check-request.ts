// Owns the header of a request to rspamd: what is known of a message beside its octets. Pure.
import type { Envelope, MaildropFacts, MessageFacts } from '#plugin-api';
import type { RspamdOptions } from './options.ts';
import { smtpSettings } from './smtp-symbols.ts';

export type RequestHeaders = Record<string, string | readonly string[]>;

/**
 * No `User`: to rspamd that is somebody who has logged in to send mail, and most checks are left out
 * for such mail.
 */
export function checkHeaders(
  { session, account, number }: Pick<MessageFacts, 'session' | 'account' | 'number'>,
  envelope: Envelope,
  options: Pick<RspamdOptions, 'settingsId' | 'smtpSymbols' | 'mtaName' | 'deliverTo'>,
): RequestHeaders {
  const { clientAddress, helo, clientName, sender, recipients } = envelope;
  const headers: RequestHeaders = {
    // The same words as in the log here.
    'Queue-Id': `${session.id}-${number}`,
    ...settingsHeader(options),
  };
  if (clientAddress !== undefined) headers['Ip'] = clientAddress;
  if (helo !== undefined) headers['Helo'] = helo;
  if (clientName !== undefined) headers['Hostname'] = clientName;
  if (sender !== undefined) headers['From'] = sender === '' ? '<>' : sender;
  if (recipients.length > 0) headers['Rcpt'] = recipients;
  if (options.deliverTo === 'account') headers['Deliver-To'] = principalOf(account.maildrop);
  if (options.mtaName !== undefined) headers['MTA-Name'] = options.mtaName;
  return headers;
}

/** Whose model it is, for checks and lessons alike; no two accounts have the same. */
export function principalOf({ user, upstreamHost }: MaildropFacts): string {
  // Always with the server: users of another one may have the names that they like.
  return `${user}@${upstreamHost}`;
}

function settingsHeader({
  settingsId,
  smtpSymbols,
}: Pick<RspamdOptions, 'settingsId' | 'smtpSymbols'>): RequestHeaders {
  if (settingsId !== undefined) return { 'Settings-ID': settingsId };
  return smtpSymbols === 'skip' ? { Settings: smtpSettings } : {};
}
