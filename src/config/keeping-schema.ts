// Owns the keys about messages that are kept from their readers: quarantine, notices, digests.
import { z } from 'zod';
import { bool, duration, languageTag, listOf, optionalListOf, path, size, text } from './values.ts';

export const quarantineSchema = z
  .strictObject({
    folder: path('Folder of the originals of messages that were kept back.').default(
      './quarantine',
    ),
    key_file: path(
      'File of the key that the originals are encrypted with; made when there is none. By default quarantine.key in the state folder.',
    ).optional(),
    max_age: duration('After which an original is removed.', {
      fallback: '90d',
      min: '1h',
      max: '3650d',
    }),
    max_size: size('Octets of all originals; the oldest are removed when there are more.', {
      fallback: '10GB',
      min: '1MB',
      max: '64TB',
    }),
  })
  .transform(({ folder, key_file, max_age, max_size }) => ({
    folder,
    keyFile: key_file,
    maxAgeMs: max_age,
    maxBytes: max_size,
  }));

const account = text('A login name; * and ? stand for any characters.', { maxLength: 320 });

const languageRule = z.strictObject({
  accounts: listOf('login name', account).describe(
    'Login names; * and ? stand for any characters.',
  ),
  language: languageTag('The language of these accounts.'),
});

export const noticeSchema = z
  .strictObject({
    contact: text('Whom to ask, shown to the reader of a notice.', { maxLength: 200 }).optional(),
    language: languageTag(
      'Language of all notices; auto chooses by account, LANG command and the language of the message.',
    ).default('auto'),
    default_language: languageTag('Where auto finds nothing better.').default('en'),
    languages: optionalListOf('language', languageRule).describe(
      'Languages of accounts; the first that fits decides.',
    ),
    templates: path('Folder of templates of your own: notice.en.txt, notice.en.html.').optional(),
  })
  .transform(({ contact, language, default_language, languages, templates }) => ({
    contact,
    language,
    defaultLanguage: default_language,
    languages,
    templates,
  }));

export const digestSchema = z
  .strictObject({
    enabled: bool('Puts a list of what was held into the maildrop of each account.').default(false),
    every: duration('Not more often than this.', { fallback: '1d', min: '1m', max: '31d' }),
    sender: text('Address in the From field of the digest.', { maxLength: 200 }).default(
      'Postern <postern@localhost>',
    ),
  })
  .transform(({ enabled, every, sender }) => ({
    isEnabled: enabled,
    everyMs: every,
    sender,
  }));
