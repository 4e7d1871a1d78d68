// Owns the rule link-userinfo.
import type { BuiltInRule } from '../built-in-rule.ts';
import { followed } from '../hosts.ts';

export const linkUserinfo: BuiltInRule = {
  name: 'link-userinfo',
  logOdds: 1.8,
  about: 'a link with something before an @ that looks like a host',
  find(letter) {
    return followed(letter).find(({ hasUserInfo }) => hasUserInfo)?.host;
  },
};
