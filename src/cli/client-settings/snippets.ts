// Owns configurations for fetchmail, mpop and getmail. They work as they are once the name and the
// password stand in them.
import type { ClientSettings } from '../../admin/client-settings.ts';

export interface SnippetOptions {
  /** A placeholder stands for it where it is not known. */
  readonly user: string | undefined;
  /** File of the authority behind the certificate; undefined means those of the system. */
  readonly caFile: string | undefined;
}

type Snippet = (settings: ClientSettings, options: SnippetOptions) => readonly string[];

const userPlaceholder = 'NAME';

export const fetchmail: Snippet = (settings, { user = userPlaceholder, caFile }) => {
  const { server, port, tls } = settings;
  const encryption = {
    // Without the empty value fetchmail asks for STLS where it is offered.
    none: ["sslproto ''"],
    stls: ["sslproto 'TLS1.2+' sslcertck"],
    implicit: ["ssl sslproto 'TLS1.2+' sslcertck"],
  }[tls];
  const trust = caFile === undefined || tls === 'none' ? [] : [`sslcertfile ${inQuotes(caFile)}`];
  return [
    ...head('fetchmail', '~/.fetchmailrc', settings),
    '# keep leaves the mail on the server; nokeep deletes what was fetched.',
    `poll ${inQuotes(server)} protocol pop3 service ${port}`,
    `  user ${inQuotes(user)} password "PASSWORD"`,
    `  ${[...encryption, ...trust].join(' ')}`,
    '  keep',
  ];
};

export const mpop: Snippet = (settings, { user = userPlaceholder, caFile }) => {
  const { listener, server, port, tls } = settings;
  const encryption = {
    none: ['tls off'],
    stls: ['tls on', 'tls_starttls on'],
    implicit: ['tls on', 'tls_starttls off'],
  }[tls];
  const trust = tls === 'none' ? [] : [`tls_trust_file ${caFile ?? 'system'}`];
  return [
    ...head('mpop', '~/.mpoprc', settings),
    `# Then run: mpop ${listener}`,
    '# keep on leaves the mail on the server; keep off deletes what was fetched.',
    `account ${listener}`,
    `host ${server}`,
    `port ${port}`,
    ...encryption,
    ...trust,
    'auth user',
    `user ${user}`,
    'password PASSWORD',
    'keep on',
    'delivery maildir ~/Maildir',
  ];
};

export const getmail: Snippet = (settings, { user = userPlaceholder, caFile }) => {
  const { server, port, tls } = settings;
  if (tls === 'stls') {
    return ['# getmail does not speak STARTTLS. Use a listener with tls: implicit or none.'];
  }
  const isTls = tls === 'implicit';
  return [
    ...head('getmail', '~/.config/getmail/getmailrc', settings),
    '# delete = false leaves the mail on the server.',
    '[retriever]',
    `type = ${isTls ? 'SimplePOP3SSLRetriever' : 'SimplePOP3Retriever'}`,
    `server = ${server}`,
    `port = ${port}`,
    `username = ${user}`,
    'password = PASSWORD',
    ...(isTls && caFile !== undefined ? [`ca_certs = ${caFile}`] : []),
    '[destination]',
    'type = Maildir',
    'path = ~/Maildir/',
    '[options]',
    'delete = false',
  ];
};

function head(program: string, file: string, { listener }: ClientSettings): string[] {
  return [
    `# ${program}, for the listener ${listener}: to ${file}, which only its owner may read (chmod 600).`,
    '# Put the password in place of PASSWORD.',
  ];
}

function inQuotes(text: string): string {
  return `"${text.replaceAll('\\', '\\\\')}"`;
}
