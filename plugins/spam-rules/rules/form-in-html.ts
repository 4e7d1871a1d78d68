// Owns the rule form-in-html.
import type { BuiltInRule } from '../built-in-rule.ts';

export const formInHtml: BuiltInRule = {
  name: 'form-in-html',
  logOdds: 0.4,
  about: 'a form to fill in within the letter',
  find({ html }) {
    if (html === undefined || html.forms + html.passwordFields === 0) return undefined;
    return html.passwordFields > 0 ? 'a field for a password' : 'a form';
  },
};
