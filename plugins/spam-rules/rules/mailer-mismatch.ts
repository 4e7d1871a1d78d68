// Owns the rule mailer-mismatch.

import type { HeaderReader } from '#plugin-api';
import type { BuiltInRule } from '../built-in-rule.ts';

export const mailerMismatch: BuiltInRule = {
  name: 'mailer-mismatch',
  logOdds: 1.3,
  about: 'the mail program that the letter claims does not write such letters',
  find({ headers }) {
    const mailer = headers.get('X-Mailer') ?? headers.get('User-Agent') ?? '';
    return habits.find(({ name, isKept }) => name.test(mailer) && !isKept(headers))?.says;
  },
};

interface Habit {
  readonly name: RegExp;
  readonly says: string;
  isKept(headers: HeaderReader): boolean;
}

const uuidId = /^<[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}@/i;

const habits: readonly Habit[] = [
  {
    name: /^Microsoft Outlook Express /,
    says: 'Outlook Express always adds X-MimeOLE',
    isKept: (headers) => headers.get('X-MimeOLE') !== undefined,
  },
  {
    name: /^(?:iPhone|iPad|Apple) Mail \(/,
    says: 'mail programs of Apple have UUIDs for ids',
    isKept: (headers) => isIdLike(headers, uuidId),
  },
  {
    name: /^Mozilla Thunderbird$/,
    says: 'Thunderbird has UUIDs for ids',
    isKept: (headers) => isIdLike(headers, uuidId),
  },
  {
    name: /^The Bat! /,
    says: 'The Bat! writes ids of digits',
    isKept: (headers) => isIdLike(headers, /^<\d{1,20}\.\d{12,14}@/),
  },
];

/** Some servers give ids to letters that have none. */
function isIdLike(headers: HeaderReader, shape: RegExp): boolean {
  const id = headers.get('Message-ID');
  return id === undefined || shape.test(id);
}
