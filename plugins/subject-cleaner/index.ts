// Owns subjects in which every answer has left its mark: one of each is enough.
import { definePlugin, z } from '#plugin-api';

const optionsSchema = z.strictObject({
  drop_tags: z
    .array(z.string().regex(/^[^[\]]{1,60}$/, 'expected a tag without its brackets'))
    .default([]),
});

export default definePlugin<z.output<typeof optionsSchema>>({
  name: 'subject-cleaner',
  options: optionsSchema,
  setup: ({ drop_tags }) => {
    const dropped = new Set(drop_tags.map((tag) => tag.toLowerCase()));
    return {
      async transform({ edit }, next) {
        const subject = edit.text('Subject');
        const cleaned = subject === undefined ? undefined : clean(subject, dropped);
        // An equal subject keeps its octets.
        if (cleaned !== undefined && cleaned !== subject) edit.replace('Subject', cleaned);
        await next();
      },
    };
  },
});

const replies = /^(?:re|aw|sv|antw|odp|r[ée]f)$/i;

/** What stands at the start of a subject: `Re:`, `Aw[2]:`, `Fwd:`, `[list]`. */
const mark = /^\s*(?:\[([^[\]]{1,60})\]|(re|aw|sv|antw|odp|r[ée]f|fwd?|wg)(?:\[\d{1,3}\])?\s?:)/i;

/** The very subject when there is nothing to take out. */
function clean(subject: string, dropped: ReadonlySet<string>): string {
  const kept: string[] = [];
  const seen = new Set<string>();
  let removed = 0;
  let rest = subject;
  for (let found = mark.exec(rest); found !== null; found = mark.exec(rest)) {
    const [whole, tag, word = ''] = found;
    rest = rest.slice(whole.length);
    const key = tag === undefined ? kindOf(word) : `[${tag.toLowerCase()}]`;
    const isDropped = tag !== undefined && dropped.has(tag.toLowerCase());
    if (isDropped || seen.has(key)) removed += 1;
    else kept.push(tag === undefined ? `${word}:` : `[${tag}]`);
    seen.add(key);
  }
  return removed === 0 ? subject : [...kept, rest.trim()].join(' ').trim();
}

/** `Re:` and `Aw:` say the same. */
function kindOf(word: string): string {
  return replies.test(word) ? 're' : 'fwd';
}
