// Owns the rule priority-high.
import type { BuiltInRule } from '../built-in-rule.ts';

export const priorityHigh: BuiltInRule = {
  name: 'priority-high',
  logOdds: 0.6,
  about: 'the sender calls it urgent',
  find({ headers }) {
    const isUrgent =
      /^[12]\b/.test(headers.get('X-Priority') ?? '') ||
      /^high$/i.test(headers.get('Importance') ?? headers.get('X-MSMail-Priority') ?? '');
    return isUrgent ? 'marked as urgent' : undefined;
  },
};
