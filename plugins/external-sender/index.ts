// Owns marking mail that does not claim to come from inside.
import { definePlugin, type HeaderEditor, z } from '#plugin-api';

const domain = z.string().regex(/^[a-z0-9.-]+$/, 'expected a domain in small letters');
const line = z.string().regex(/^[\x20-\x7e]{1,60}$/, 'expected up to 60 characters of ASCII');
const optionsSchema = z.strictObject({
  domains: z.array(domain).min(1),
  header: z
    .string()
    .regex(/^X-[A-Za-z0-9-]{1,60}$/, 'expected a name such as X-External-Sender')
    .default('X-External-Sender'),
  subject_tag: line.optional(),
});

export default definePlugin<z.output<typeof optionsSchema>>({
  name: 'external-sender',
  options: optionsSchema,
  setup: ({ domains, header, subject_tag }) => ({
    async transform({ edit }, next) {
      edit.remove(header);
      const senders = ['From', 'Sender'].flatMap((name) => edit.all(name)).flatMap(domainsIn);
      const isInside = (sender: string): boolean =>
        domains.some((own) => sender === own || sender.endsWith(`.${own}`));
      // A message that names nobody, or somebody from outside as well, is not from inside.
      if (senders.length === 0 || !senders.every(isInside)) {
        const strange = senders.find((sender) => !isInside(sender)) ?? 'unknown';
        edit.add(header, strange.slice(0, 255));
        if (subject_tag !== undefined) tagSubject(edit, subject_tag.trim());
      }
      await next();
    },
  }),
});

/** Of a quote without end, all that follows is in it: so the time is linear, whatever stands there. */
const quotedOrComment = /"(?:[^"\\]|\\.?)*(?:"|$)|\([^()]*\)/g;

function domainsIn(value: string): string[] {
  const bare = value.replaceAll(quotedOrComment, ' ');
  const found = bare.matchAll(/@([A-Za-z0-9.-]+)\s*(?=>|,|;|$|\s)/g);
  return [...found].map(([, name = '']) => name.toLowerCase().replace(/\.$/, ''));
}

function tagSubject(edit: HeaderEditor, tag: string): void {
  const raw = edit.get('Subject') ?? '';
  if (raw.startsWith(tag)) return;
  // A field takes text, not octets: what is no ASCII can only be written anew.
  const rest = /^[\t\x20-\x7e]*$/.test(raw) ? raw : (edit.text('Subject') ?? '');
  edit.replace('Subject', `${tag} ${rest}`.trimEnd());
}
