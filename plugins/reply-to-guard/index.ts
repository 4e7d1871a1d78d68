// Owns noticing that answers to a message would go to another domain than it came from.
import { definePlugin, flag, type HeaderReader, pass, z } from '#plugin-api';

const optionsSchema = z.strictObject({
  ignore: z
    .array(z.string().regex(/^[a-z0-9.-]+$/, 'expected a domain in small letters'))
    .default([]),
  lists: z.enum(['ignore', 'check']).default('ignore'),
});

export default definePlugin<z.output<typeof optionsSchema>>({
  name: 'reply-to-guard',
  options: optionsSchema,
  setup: ({ ignore, lists }) => ({
    async inspect(message) {
      const headers = await message.headers();
      // Many lists have answers go to the list.
      if (lists === 'ignore' && headers.get('List-Id') !== undefined) return pass();
      const senders = new Set([...domainsIn(headers, 'From'), ...ignore]);
      // Sets and no pairs: there may be thousands of both.
      const above = new Set([...senders].flatMap(selfAndParents));
      const strange = domainsIn(headers, 'Reply-To').find(
        (domain) => !above.has(domain) && !selfAndParents(domain).some((own) => senders.has(own)),
      );
      return strange === undefined ? pass() : flag('reply-to-elsewhere', strange.slice(0, 255));
    },
  }),
});

/** Of a quote without end, all that follows is in it: so the time is linear, whatever stands there. */
const quotedOrComment = /"(?:[^"\\]|\\.?)*(?:"|$)|\([^()]*\)/g;

/** Domains of the addresses, not of what stands in display names and comments. */
function domainsIn(headers: HeaderReader, name: string): string[] {
  return headers.all(name).flatMap((value) => {
    const bare = value.replaceAll(quotedOrComment, ' ');
    const domains = bare.matchAll(/@([A-Za-z0-9.-]+)\s*(?=>|,|;|$|\s)/g);
    return [...domains]
      .map(([, domain = '']) => domain.toLowerCase().replace(/\.$/, ''))
      .filter(({ length }) => length <= longestDomain);
  });
}

// RFC 1035 s.2.3.4; a longer one has no mail server.
const longestDomain = 255;

/** `a.example.org`, `example.org`, `org`. */
function selfAndParents(domain: string): string[] {
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}
