// Owns the rule script-in-html.
import type { BuiltInRule } from '../built-in-rule.ts';

export const scriptInHtml: BuiltInRule = {
  name: 'script-in-html',
  logOdds: 0.7,
  about: 'a program or a redirect within the letter',
  find({ html }) {
    if (html === undefined) return undefined;
    if (html.hasRefresh) return 'a redirect';
    return html.scripts > 0 ? 'a script' : undefined;
  },
};
