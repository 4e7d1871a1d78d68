// Owns the rule bulk-marker.
import type { BuiltInRule } from '../built-in-rule.ts';
import { isList } from '../senders.ts';

export const bulkMarker: BuiltInRule = {
  name: 'bulk-marker',
  logOdds: -0.2,
  about: 'the sender says that it is bulk mail, or a list does',
  find(letter) {
    const precedence = letter.headers.get('Precedence')?.toLowerCase();
    if (isList(letter)) return 'List-Id';
    return precedence === 'bulk' || precedence === 'list' ? `Precedence: ${precedence}` : undefined;
  },
};
