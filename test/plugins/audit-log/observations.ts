// Owns one observation of each kind.
import type { MessageFacts, Observation, SessionFacts, UpstreamFacts } from '#plugin-api';

export const session: SessionFacts = {
  id: '0123456789abcdef',
  client: {
    address: '192.0.2.7',
    port: 40_112,
    listener: 'pop3s',
    tls: {
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      serverName: 'pop.example.net',
    },
  },
};

export const upstream: UpstreamFacts = {
  host: 'pop.example.net',
  port: 995,
  tlsMode: 'implicit',
  tls: { protocol: 'TLSv1.2', cipher: 'any' },
};

export const message: MessageFacts = {
  session,
  account: {
    user: 'ann',
    route: 'main',
    upstream,
    maildrop: { user: 'ann', upstreamHost: 'pop.example.net' },
  },
  number: 3,
  uidl: '1f3a',
  listedOctets: 48_211,
};

export const judged: Observation & { readonly kind: 'messageJudged' } = {
  kind: 'messageJudged',
  session,
  message,
  command: 'RETR',
  octets: 48_300,
  sha256: '9f86d081',
  spam: undefined,
  verdicts: [
    {
      plugin: 'clamav',
      engine: 'clamav 2 clamav/1.4.6/27500',
      verdict: { kind: 'pass' },
      action: 'pass',
      isShadow: false,
    },
    {
      plugin: 'spam',
      engine: 'spam 1',
      verdict: { kind: 'flag', label: 'spam', evidence: '7.1 points' },
      action: 'pass',
      isShadow: false,
    },
    {
      plugin: 'attachment-policy',
      engine: 'attachment-policy 2',
      action: 'replace',
      isShadow: false,
      verdict: {
        kind: 'block',
        finding: 'double-extension',
        explanation: 'A sentence for the reader.',
        part: 'invoice.pdf.exe',
        evidence: 'MZ',
        paths: ['1.2', '1.3'],
      },
    },
    {
      plugin: 'other',
      engine: 'other 1',
      verdict: { kind: 'tempfail', reason: 'not now' },
      action: 'defer',
      isShadow: true,
    },
  ],
  action: 'replace',
  quarantineId: 'q1',
  durationMs: 41.4,
};

export const observations: readonly Observation[] = [
  { kind: 'sessionOpened', session },
  { kind: 'loginAccepted', session, user: 'ann', upstream, durationMs: 12 },
  {
    kind: 'loginRefused',
    session,
    user: 'ann',
    upstream: undefined,
    code: 'LOGIN_REFUSED',
    durationMs: 13.6,
  },
  judged,
  {
    kind: 'messageDelivered',
    session,
    message,
    command: 'TOP',
    octets: 512,
    action: 'pass',
    source: 'quarantine',
    quarantineId: 'q1',
    durationMs: 5,
  },
  {
    kind: 'messageRefused',
    session,
    message,
    command: 'RETR',
    code: 'SCAN_TIMEOUT',
    durationMs: 6,
  },
  {
    kind: 'messageBroken',
    session,
    message,
    command: 'RETR',
    code: 'UPSTREAM_CLOSED',
    durationMs: 7,
  },
  {
    kind: 'sessionEnded',
    session,
    user: 'ann',
    reason: 'quit',
    deleted: ['1f3a', '1f3b'],
    durationMs: 900,
  },
  {
    kind: 'lessonGiven',
    account: message.account.maildrop,
    as: 'spam',
    weight: 'correction',
    source: 'link',
    uidl: '1f3a',
    octets: 48_300,
    sha256: '9f86d081',
    outcomes: [
      { plugin: 'spam', outcome: { kind: 'learned' } },
      { plugin: 'other', outcome: { kind: 'unchanged', reason: 'known' } },
      { plugin: 'rspamd', outcome: { kind: 'failed', code: 'PLUGIN_FAILED' } },
    ],
  },
];
