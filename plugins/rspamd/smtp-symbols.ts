// Owns which of rspamd's symbols are about an SMTP session. In a maildrop that session is long over, and
// what they say of a message there is chance. `config/rspamd/settings.conf` says the same to rspamd
// itself.

/** They act rather than judge: a message that has been delivered cannot be asked to come again. */
export const disabledSymbols = [
  'GREYLIST_CHECK',
  'GREYLIST_SAVE',
  'RATELIMIT_CHECK',
  'RATELIMIT_UPDATE',
] as const;

/** Their score becomes 0. Disabled, they would take others of the same check with them. */
export const silentSymbols = [
  // Whom the client greeted as: seldom all known.
  'HFILTER_HOSTNAME_UNKNOWN',
  ...['1', '2', '3', '4', '5'].flatMap((n) => [`HFILTER_HELO_${n}`, `HFILTER_HOSTNAME_${n}`]),
  'HFILTER_HELO_BADIP',
  'HFILTER_HELO_BAREIP',
  'HFILTER_HELO_IP_A',
  'HFILTER_HELO_NORESOLVE_MX',
  'HFILTER_HELO_NORES_A_OR_MX',
  'HFILTER_HELO_NOT_FQDN',
  'HFILTER_FROM_BOUNCE',
  'HFILTER_RCPT_BOUNCEMOREONE',
  // The topmost Received fields are the provider's own.
  'ONCE_RECEIVED',
  'ONCE_RECEIVED_STRICT',
  'RDNS_NONE',
  'RDNS_DNSFAIL',
  'DIRECT_TO_MX',
  'RCVD_NO_TLS_LAST',
  'VIOLATED_DIRECT_SPF',
  // The recipient of a list or of a blind copy stands nowhere in the header.
  'FORGED_RECIPIENTS',
  // Mail lies in a maildrop until somebody reads it.
  'DATE_IN_PAST',
] as const;

/** For the request header `Settings`. */
export const smtpSettings: string = JSON.stringify({
  symbols_disabled: disabledSymbols,
  scores: Object.fromEntries(silentSymbols.map((symbol) => [symbol, 0])),
});
