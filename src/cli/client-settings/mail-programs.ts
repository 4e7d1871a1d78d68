// Owns what to enter in Thunderbird, Outlook and Apple Mail, field by field as these name them.
import type { ClientSettings } from '../../admin/client-settings.ts';
import { encryptionWord } from './encryption-words.ts';
import { notesOn } from './plain-words.ts';

/** `user` is undefined where it is not known. */
type Words = (settings: ClientSettings, user: string | undefined) => readonly string[];

const unknownUser = 'the user name that the mail server expects; mostly the whole mail address';

export const thunderbird: Words = (settings, user = unknownUser) => {
  const { server, port, tls } = settings;
  const security = tls === 'none' ? 'None' : encryptionWord(tls);
  const authentication = tls === 'none' ? 'Password, transmitted insecurely' : 'Normal password';
  return [
    `Thunderbird, listener ${settings.listener}`,
    '  New account: enter name, mail address and password, then "Configure manually".',
    '  Existing account: Account Settings, Server Settings.',
    '    Protocol:               POP3',
    `    Hostname:               ${server}`,
    `    Port:                   ${port}`,
    `    Connection security:    ${security}`,
    `    Authentication method:  ${authentication}`,
    `    Username:               ${user}`,
    ...notes(settings),
  ];
};

export const outlook: Words = (settings, user = unknownUser) => {
  const { server, port, tls } = settings;
  if (tls === 'stls') {
    return [
      `Outlook, listener ${settings.listener}`,
      '  Outlook has no setting for STARTTLS with POP3 servers. Use a listener with tls: implicit.',
    ];
  }
  return [
    `Outlook, listener ${settings.listener}`,
    '  File, Add Account, the mail address, "Let me set up my account manually", POP.',
    `    Incoming mail, Server:  ${server}`,
    `    Incoming mail, Port:    ${port}`,
    `    This server requires an encrypted connection (SSL/TLS):  ${tls === 'implicit' ? 'on' : 'off'}`,
    '    Require logon using Secure Password Authentication (SPA):  off',
    `    User name:              ${user}`,
    ...notes(settings),
  ];
};

export const appleMail: Words = (settings, user = unknownUser) => {
  const { server, port, tls } = settings;
  return [
    `Apple Mail, listener ${settings.listener}`,
    '  Settings, Accounts, +, Other Mail Account; then Account Type: POP.',
    `    Incoming Mail Server:   ${server}`,
    `    User Name:              ${user}`,
    '  Then Server Settings, with "Automatically manage connection settings" off.',
    `    Port:                   ${port}`,
    `    Use TLS/SSL:            ${tls === 'none' ? 'off' : 'on'}`,
    '    Authentication:         Password',
    ...(tls === 'none' ? ['    Allow insecure authentication:  on'] : []),
    ...notes(settings),
  ];
};

function notes(settings: ClientSettings): string[] {
  return notesOn(settings).map((note) => `  Note: ${note}`);
}
