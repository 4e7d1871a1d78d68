// Owns the keys of the ways in which readers teach the filter: links in messages, quarantine, training mailboxes.
import { z } from 'zod';
import {
  bool,
  duration,
  integer,
  ipAddress,
  label,
  networks,
  oneOf,
  optionalListOf,
  section,
  size,
  text,
} from './values.ts';

const dayMs = 86_400_000;
const urlError = 'expected an address such as https://mail.example.net/learn/, without ? and #';
const headerError =
  'expected none, X-Postern-Learn, or another name that starts with X-, but not with X-Postern-';

const baseUrl = z
  .string({ error: urlError })
  .max(120, { error: urlError })
  .regex(/^https?:\/\/[A-Za-z0-9._~:/@[\]-]+$/, { error: urlError })
  .refine((url) => URL.canParse(url) && new URL(url).username === '', { error: urlError })
  .describe('Where readers reach the page, as a reverse proxy shows it; links start with it.')
  .transform((url) => (url.endsWith('/') ? url : `${url}/`));

const linksSchema = z
  .strictObject({
    url: baseUrl,
    address: ipAddress('Address of the page behind the links.').default('127.0.0.1'),
    port: integer('Port of the page; 0 takes any free port.', { min: 0, max: 65_535 }),
    certificate_of: label(
      'Listener whose certificate is shown, for HTTPS. Without it HTTP, for a web server in front.',
    ).optional(),
    proxies: networks('Web servers in front, whose X-Forwarded-For says who asks.').prefault([
      '127.0.0.0/8',
      '::1',
    ]),
    header: z
      .string({ error: headerError })
      .regex(/^(?:none|X-Postern-Learn|x-(?!postern-)[a-z0-9-]{1,60})$/i, {
        error: headerError,
      })
      .default('X-Postern-Learn')
      .describe('Header field with the link; none adds none.'),
    footer: z
      .array(oneOf('What the message was judged to be.', ['ham', 'unsure', 'spam']), {
        error: 'expected a list of ham, unsure and spam',
      })
      .default([])
      .describe('Messages that get the link as a last line of their text, by judgement.'),
    valid_for: duration('For how long a link works, in whole days.', {
      fallback: '14d',
      min: '1d',
      max: '365d',
    }),
    senders: bool('The page also offers to always allow or block the sender.').default(true),
  })
  .transform(({ certificate_of, valid_for, ...rest }) => ({
    ...rest,
    certificateOf: certificate_of,
    validForDays: Math.ceil(valid_for / dayMs),
  }));

const keepSchema = z
  .strictObject({
    per_message: size('Octets of a message that are kept, from its beginning.', {
      fallback: '64KB',
      min: '4KB',
      max: '1MB',
    }),
    max_messages: integer('Messages that are kept.', { min: 1, max: 1_000_000 }).default(20_000),
    max_size: size('Octets of all of them; the oldest go when there are more.', {
      fallback: '256MB',
      min: '1MB',
      max: '64GB',
    }),
  })
  .transform(({ per_message, max_messages, max_size }) => ({
    messageBytes: per_message,
    maxMessages: max_messages,
    maxBytes: max_size,
  }));

const weights = ['correction', 'confirmation', 'none'] as const;

const pluginNames = z
  .array(label('Name of a plugin in the chain.'), { error: 'expected a list of plugin names' })
  .default([]);

const quarantineSchema = z.strictObject({
  release: oneOf('What a release says of a message that was taken for spam.', weights).default(
    'correction',
  ),
  discard: oneOf('What a deletion says of it.', weights).default('confirmation'),
  plugins: pluginNames.describe(
    'Whose findings are about spam, besides what the scores come to; without any there is no lesson.',
  ),
});

const releaseSchema = z.strictObject({
  plugins: pluginNames.describe(
    'Plugins whose findings readers may let go as well, besides spam. A virus scanner must not be among them.',
  ),
});

const mailboxSchema = z.strictObject({
  user: text('Login name of the mailbox; * and ? stand for any characters.', { maxLength: 320 }),
  as: oneOf('What its messages are examples of.', ['spam', 'ham']),
  unsigned: oneOf(
    'A forwarded message without a valid link: ignore counts it only, shared teaches what all accounts have in common.',
    ['ignore', 'shared'],
  ).default('ignore'),
});

export const trainingSchema = z
  .strictObject({
    links: linksSchema
      .optional()
      .describe('Links in messages, and the page behind them where readers say what is spam.'),
    keep: section(keepSchema).describe(
      'What is kept of recent messages, encrypted, so that a lesson needs no other copy.',
    ),
    quarantine: quarantineSchema
      .optional()
      .describe('Lessons from releasing and deleting messages in quarantine.'),
    reader_release: releaseSchema
      .optional()
      .describe('Links in notices and digests with which readers release messages themselves.'),
    mailboxes: optionalListOf('mailbox', mailboxSchema).describe(
      'Accounts that examples are forwarded to; they are learned when these are retrieved through Postern.',
    ),
  })
  .transform(({ reader_release, ...rest }) => ({ ...rest, readerRelease: reader_release }));
