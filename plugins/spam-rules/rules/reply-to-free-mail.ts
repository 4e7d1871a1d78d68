// Owns the rule reply-to-free-mail.
import type { BuiltInRule } from '../built-in-rule.ts';
import { isList, otherReply } from '../senders.ts';
import { freeMail, isAmong } from '../tables/link-hosts.ts';

export const replyToFreeMail: BuiltInRule = {
  name: 'reply-to-free-mail',
  logOdds: 1.3,
  about: 'answers go to a free mail service that the sender does not use',
  find(letter) {
    const other = isList(letter) ? undefined : otherReply(letter);
    return other !== undefined && isAmong(other, freeMail) ? `answers go to ${other}` : undefined;
  },
};
