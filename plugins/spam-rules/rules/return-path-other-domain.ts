// Owns the rule return-path-other-domain.

import { parseMailboxes } from '#plugin-api';
import type { BuiltInRule } from '../built-in-rule.ts';
import { isSameOwner } from '../hosts.ts';
import { isList } from '../senders.ts';

export const returnPathOtherDomain: BuiltInRule = {
  name: 'return-path-other-domain',
  logOdds: 0.1,
  about: 'errors go to another domain than the sender has',
  find(letter) {
    const [path] = parseMailboxes(letter.headers.get('Return-Path') ?? '');
    const domain = path?.domain;
    if (domain === undefined || isList(letter)) return undefined;
    const authors = letter.from.flatMap((each) => each.domain ?? []).slice(0, mostAuthors);
    const isOther = authors.length > 0 && authors.every((author) => !isSameOwner(author, domain));
    return isOther ? `errors go to ${domain}` : undefined;
  },
};

const mostAuthors = 20;
