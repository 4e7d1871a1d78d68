// Owns the rule html-without-text.
import type { BuiltInRule } from '../built-in-rule.ts';

export const htmlWithoutText: BuiltInRule = {
  name: 'html-without-text',
  logOdds: 0.1,
  about: 'HTML alone, without the same as plain text',
  find({ html, parts }) {
    const hasPlain = parts.some(({ contentType }) => contentType === 'text/plain');
    return html !== undefined && !hasPlain ? 'only HTML' : undefined;
  },
};
