// Owns the rule reply-to-other-domain.
import type { BuiltInRule } from '../built-in-rule.ts';
import { isList, otherReply } from '../senders.ts';

export const replyToOtherDomain: BuiltInRule = {
  name: 'reply-to-other-domain',
  logOdds: 0.2,
  about: 'answers go to another domain than the sender has',
  find(letter) {
    if (isList(letter)) return undefined;
    const other = otherReply(letter);
    return other === undefined ? undefined : `answers go to ${other}`;
  },
};
