// Owns the configuration that `postern init` writes. Pure text.
import type { TlsMode } from './server-search.ts';

export interface FirstConfig {
  readonly upstream: {
    readonly host: string;
    readonly port: number;
    readonly tls: TlsMode;
    readonly caFile: string | undefined;
  };
  readonly listener: {
    readonly address: string;
    readonly port: number;
    readonly tls: TlsMode;
  };
  /** Unix socket of a virus scanner on this machine. */
  readonly clamdSocket: string | undefined;
}

export function composeConfig({ upstream, listener, clamdSocket }: FirstConfig): string {
  const lines = [
    '# Configuration of Postern. Test it with: postern check-config',
    '',
    'listeners:',
    '  # Where mail programs connect.',
    '  - name: mail-programs',
    `    address: ${quote(listener.address)}`,
    `    port: ${listener.port}`,
    `    tls: ${listener.tls}`,
    ...(listener.tls === 'none' ? [] : certificateHint),
    '',
    'routes:',
    '  # Where the mail is.',
    '  - name: default',
    '    upstream:',
    `      host: ${quote(upstream.host)}`,
    `      port: ${upstream.port}`,
    `      tls: ${upstream.tls}`,
    ...(upstream.caFile === undefined ? [] : [`      ca: ${quote(upstream.caFile)}`]),
    ...(upstream.tls === 'none' ? ['      allow_plaintext_login: true'] : []),
    '',
    '# Each message passes these in order.',
    'plugins:',
    '  - use: attachment-policy',
    ...(clamdSocket === undefined
      ? clamavHint
      : ['  - use: clamav', '    options:', `      socket: ${quote(clamdSocket)}`]),
    '  # Senders that readers have allowed or blocked, tricks of senders, and what words tell.',
    '  - use: sender-lists',
    '  - use: spam-rules',
    '  - use: spam',
    '',
    '# What they come to stands in the header field X-Postern-Spam of each message.',
    'spam:',
    '  on_spam: tag # or hold: a notice takes its place, and the original waits in quarantine',
    "  # subject_tag: '[SPAM]'",
    '  flag_header: X-Spam-Flag # YES in spam, for a rule of the mail program',
    '',
    '# Originals of messages that were replaced by a notice.',
    'quarantine:',
    '  folder: ./quarantine',
    '',
  ];
  return lines.join('\n');
}

const certificateHint = [
  '    # Without a certificate a self-signed one is made at every start, which mail programs refuse.',
  '    # certificate:',
  '    #   cert: ./fullchain.pem',
  '    #   key: ./privkey.pem',
];

const clamavHint = [
  '  # A virus scanner, once clamd runs on this machine:',
  '  # - use: clamav',
  '  #   options:',
  '  #     socket: /run/clamav/clamd.ctl',
];

/** A JSON string is a YAML string; what is plainly a word needs no quotes. */
function quote(text: string): string {
  return /^[A-Za-z/][A-Za-z0-9./_-]*$/.test(text) ? text : JSON.stringify(text);
}
