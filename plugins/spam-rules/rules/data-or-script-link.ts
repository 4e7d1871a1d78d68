// Owns the rule data-or-script-link.
import type { BuiltInRule } from '../built-in-rule.ts';

export const dataOrScriptLink: BuiltInRule = {
  name: 'data-or-script-link',
  logOdds: 1.6,
  about: 'a link that is a program or a page in itself',
  find({ html }) {
    for (const { target } of html?.links ?? []) {
      const scheme = /^\s{0,9}(data|javascript|vbscript|blob|file):/i.exec(target)?.[1];
      if (scheme !== undefined) return `${scheme.toLowerCase()}: in a link`;
    }
    return undefined;
  },
};
