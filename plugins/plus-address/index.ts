// Owns naming the tag of `user+tag@example.org`, for filters of mail programs that cannot look for it.
import { definePlugin, z } from '#plugin-api';

const nameError = 'expected the name of a header field';
const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, nameError);
const optionsSchema = z.strictObject({
  header: fieldName
    .regex(/^X-/i, 'expected a name such as X-Plus-Address')
    .default('X-Plus-Address'),
  look_in: z.array(fieldName).min(1).default(['Delivered-To', 'X-Original-To', 'To', 'Cc']),
  separator: z.enum(['+', '-', '=']).default('+'),
  domains: z
    .array(z.string().regex(/^[a-z0-9.-]+$/, 'expected a domain in small letters'))
    .default([]),
});

export default definePlugin<z.output<typeof optionsSchema>>({
  name: 'plus-address',
  options: optionsSchema,
  setup: ({ header, look_in, separator, domains }) => ({
    async transform({ edit }, next) {
      // Whatever the sender wrote there, it says nothing about the recipient.
      edit.remove(header);
      const addresses = look_in.flatMap((name) => edit.all(name)).flatMap(addressesIn);
      for (const { local, domain } of addresses) {
        const at = local.indexOf(separator);
        const isOwn = domains.length === 0 || domains.includes(domain);
        if (!isOwn || at <= 0 || at === local.length - 1) continue;
        edit.add(header, local.slice(at + 1));
        break;
      }
      await next();
    },
  }),
});

interface Address {
  readonly local: string;
  readonly domain: string;
}

/** Of a quote without end, all that follows is in it: so the time is linear, whatever stands there. */
const quotedOrComment = /"(?:[^"\\]|\\.?)*(?:"|$)|\([^()]*\)/g;

/** Without quoted names and comments, in which anything may stand. */
function addressesIn(value: string): Address[] {
  const bare = value.replaceAll(quotedOrComment, ' ');
  const found = bare.matchAll(
    /(?<![^\s<,:;])([\w.!#$%&'*+/=?^`{|}~-]{1,64})@([A-Za-z0-9.-]{1,253})/g,
  );
  return [...found].map(([, local = '', domain = '']) => ({ local, domain: domain.toLowerCase() }));
}
