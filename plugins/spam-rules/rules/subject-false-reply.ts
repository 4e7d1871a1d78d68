// Owns the rule subject-false-reply.
import type { BuiltInRule } from '../built-in-rule.ts';

export const subjectFalseReply: BuiltInRule = {
  name: 'subject-false-reply',
  logOdds: 0.2,
  about: 'the subject claims an answer, and nothing refers to a letter',
  find({ subject = '', headers }) {
    const mark = /^\s{0,9}(re|aw|sv|antw|odp|rif)\s{0,3}:/i.exec(subject)?.[1];
    const refers = references.some((name) => headers.get(name) !== undefined);
    return mark === undefined || refers ? undefined : `${mark}: without References`;
  },
};

const references = ['References', 'In-Reply-To', 'Thread-Index'] as const;
