// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { duration, envelopeOption, integer, z } from '#plugin-api';
import { toDomain } from './address.ts';
import { entryForms, parseEntry, type WrittenEntry } from './entry.ts';

const namesError = 'expected a list of login names, with * and ?';

const accounts = z
  .array(z.string({ error: namesError }).min(1, { error: namesError }), { error: namesError })
  .min(1, { error: 'expected at least one login name' })
  .optional()
  .describe('Login names that it is for; * and ? stand for any characters. All, by default.');

const dayError = 'expected a day such as 2027-01-31';

const entriesError = 'expected a list of entries';
const entryText = z.string({ error: `expected ${entryForms}` });

/** An entry alone, or with what limits it. */
const entry = z
  .union(
    [
      entryText,
      z.strictObject({
        entry: entryText.describe(`${entryForms}.`),
        accounts,
        until: z
          .string({ error: dayError })
          .regex(/^\d{4}-\d{2}-\d{2}$/, { error: dayError })
          .optional()
          .describe('The last day that it holds, in UTC.'),
      }),
    ],
    { error: `expected ${entryForms}, or {entry, accounts, until}` },
  )
  .transform((given, context) => {
    const {
      entry: text,
      until,
      accounts: names,
    } = typeof given === 'string' ? { entry: given, until: undefined, accounts: undefined } : given;
    try {
      const written = parseEntry(until === undefined ? text : `${text} until ${until}`);
      return { written, accounts: names };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message: `expected an entry of a list: ${reason}` });
      return z.NEVER;
    }
  });

export interface ConfiguredEntry {
  readonly written: WrittenEntry;
  readonly accounts: readonly string[] | undefined;
}

const filesError = 'expected a list of at most 50 files';

const file = z.strictObject({
  path: z
    .string({ error: 'expected a path' })
    .min(1, { error: 'expected a path' })
    .describe('Relative to the folder of the configuration file.'),
  list: z.enum(['allow', 'block'], { error: 'expected allow or block' }),
  accounts,
});

function remembering(about: string, fallback: string) {
  const kind = duration(about, { fallback, min: '1h', max: '3650d' });
  return z
    .union([z.literal('never'), kind], {
      error: `expected never, or a duration such as ${fallback}`,
    })
    .default(kind.parse(undefined))
    .describe(about);
}

/** Undefined: not at all. */
function toMs(given: 'never' | number): number | undefined {
  return given === 'never' ? undefined : given;
}

const ownDomain = z.string().transform((text, context) => {
  const domain = toDomain(text);
  if (domain !== undefined) return domain;
  context.addIssue({ code: 'custom', message: 'expected a domain such as example.org' });
  return z.NEVER;
});

export const optionsSchema = z
  .strictObject({
    allow: z.array(entry, { error: entriesError }).default([]).describe('Whose mail is no spam.'),
    block: z.array(entry, { error: entriesError }).default([]).describe('Whose mail is spam.'),
    files: z
      .array(file, { error: filesError })
      .max(50, { error: filesError })
      .default([])
      .describe('Lists in files, one entry a line.'),
    authenticated: z
      .enum(['required', 'when-known', 'ignored'], {
        error: 'expected required, when-known or ignored',
      })
      .default('when-known')
      .describe('What an allowed sender has to show: proof, no proof to the contrary, or nothing.'),
    envelope: envelopeOption(),
    remember: z
      .strictObject({
        released: remembering('Senders of messages that were let out of quarantine.', '180d'),
        corrected: remembering('Senders of messages that were said to be no spam.', '180d'),
        answered: remembering('People who have answered the reader.', '365d'),
      })
      .prefault({})
      .describe('For how long senders stay on the list that were put there by themselves.'),
    own_domains: z
      .array(ownDomain, { error: 'expected a list of domains' })
      .optional()
      .describe(
        "Domains in the Message-IDs that the mail programs of the readers make; by default that of the login name, unless it is the provider's.",
      ),
    max_entries: integer(
      'That an account may have; above, the oldest that were put there by themselves go.',
      {
        min: 10,
        max: 100_000,
      },
    ).default(2000),
  })
  .transform((options) => ({
    allow: options.allow,
    block: options.block,
    files: options.files,
    authenticated: options.authenticated,
    envelope: options.envelope,
    rememberMs: {
      released: toMs(options.remember.released),
      corrected: toMs(options.remember.corrected),
      answered: toMs(options.remember.answered),
    },
    ownDomains: options.own_domains,
    maxEntries: options.max_entries,
  }));

export type SenderListsOptions = z.output<typeof optionsSchema>;
