// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong. No list is
// preset: each has terms of its own, which whoever asks it must have agreed to.
import { isIP } from 'node:net';
import { duration, envelopeOption, integer, z } from '#plugin-api';
import { type AnswerRule, codeForms, parseCode } from './answer-codes.ts';
import type { Subject } from './query-name.ts';

const subjects = ['client', 'helo', 'sender', 'from', 'reply-to', 'uri'] as const;
export type AskedAbout = (typeof subjects)[number];

const serverError =
  'expected an IP address, with a port if it is not 53: 192.0.2.1, [2001:db8::1]:5353';
const server = z.string({ error: serverError }).refine(isServer, { error: serverError });

function isServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const isAddress = isIP(v6 ?? '') === 6 || isIP(v4 ?? '') === 4;
  return isAddress && Number(port) >= 1 && Number(port) <= 65_535;
}

const oddsError = 'expected a number from -10 to 10, without 0';
const logOdds = z
  .number({ error: oddsError })
  .min(-10, { error: oddsError })
  .max(10, { error: oddsError })
  .refine((value) => value !== 0, { error: oddsError });

const code = z.string({ error: `expected ${codeForms}` }).transform((text, context) => {
  const parsed = parseCode(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `expected ${codeForms}, got '${text}'` });
  return z.NEVER;
});

const codesError = 'expected a list of one to 50 codes';
const labelError = 'expected a word or two of at most 40 characters';
const aboutError = `expected a list of any of ${subjects.join(', ')}`;
const zoneError = 'expected the name of a zone, such as zen.example.org';
const zonePattern = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+$/;
const nameError = 'expected a name of letters, digits, dots and hyphens, at most 40 characters';

const list = z
  .strictObject({
    zone: z
      .string({ error: zoneError })
      .max(150, { error: zoneError })
      .regex(zonePattern, { error: zoneError })
      .describe('The zone of the list, with a key in it if the list has given you one.'),
    name: z
      .string({ error: nameError })
      .regex(/^[A-Za-z0-9.-]{1,40}$/, { error: nameError })
      .optional()
      .describe('For headers and logs; the zone by default. Set it where the zone holds a key.'),
    about: z
      .array(z.enum(subjects, { error: `expected ${subjects.join(', ')}` }), { error: aboutError })
      .min(1, { error: aboutError })
      .describe('What it is asked about: client, helo, sender, from, reply-to, uri.'),
    log_odds: logOdds
      .optional()
      .describe('What being on the list says; below 0 it is a list of the good.'),
    answers: z
      .array(
        z.strictObject({
          codes: z
            .array(code, { error: codesError })
            .min(1, { error: codesError })
            .max(50, { error: codesError }),
          log_odds: logOdds,
          label: z
            .string({ error: labelError })
            .regex(/^[\w .-]{1,40}$/, { error: labelError })
            .optional(),
        }),
      )
      .max(50)
      .default([])
      .describe('What its answers say, where they differ; of several that fit, the weightiest.'),
    names: z
      .enum(['registered', 'full'], { error: 'expected registered or full' })
      .default('registered')
      .describe('Of a host, the domain that somebody has registered, or its full name.'),
    uri_addresses: z
      .enum(['skip', 'ask'], { error: 'expected skip or ask' })
      .default('skip')
      .describe('Whether URIs with an IP address in place of a host are asked about.'),
    test: z
      .enum(['address', 'domain', 'off'], { error: 'expected address, domain or off' })
      .optional()
      .describe('Test entries (RFC 5782) by which a list is known that answers everything.'),
    timeout: duration('For one question.', { fallback: '2s', min: '10ms', max: '30s' }),
    on_failure: z
      .enum(['ignore', 'tempfail'], { error: 'expected ignore or tempfail' })
      .default('ignore')
      .describe('When the list does not answer: judge without it, or come back later.'),
  })
  .transform((given, context): ListOptions => {
    if (given.log_odds === undefined && given.answers.length === 0) {
      context.addIssue({ code: 'custom', message: 'expected log_odds or answers' });
      return z.NEVER;
    }
    const asksAddresses = given.about.includes('client');
    return {
      zone: given.zone,
      name: given.name ?? given.zone,
      about: new Set(given.about),
      rules: rulesOf(given.answers, given.log_odds),
      names: given.names,
      uriAddresses: given.uri_addresses,
      test: testOf(given.test ?? (asksAddresses ? 'address' : 'domain')),
      timeoutMs: given.timeout,
      onFailure: given.on_failure,
    };
  });

export interface ListOptions {
  readonly zone: string;
  readonly name: string;
  readonly about: ReadonlySet<AskedAbout>;
  readonly rules: readonly AnswerRule[];
  readonly names: 'registered' | 'full';
  readonly uriAddresses: 'skip' | 'ask';
  readonly test: TestEntries;
  readonly timeoutMs: number;
  readonly onFailure: 'ignore' | 'tempfail';
}

export interface TestEntries {
  readonly listed: Subject | undefined;
  readonly unlisted: Subject | undefined;
}

interface WrittenAnswer {
  readonly codes: AnswerRule['codes'];
  readonly log_odds: number;
  readonly label?: string | undefined;
}

/** With `log_odds` alone, or for what no answer names, anything that is no refusal counts. */
function rulesOf(answers: readonly WrittenAnswer[], otherwise: number | undefined): AnswerRule[] {
  const written = answers.map(({ codes, log_odds, label }) => ({
    codes,
    logOdds: log_odds,
    label,
  }));
  const rest: AnswerRule = {
    codes: [(octets) => !written.some(({ codes }) => codes.some((fits) => fits(octets)))],
    logOdds: otherwise ?? 0,
    label: undefined,
  };
  return otherwise === undefined ? written : [...written, rest];
}

/** RFC 5782 s.5. */
function testOf(kind: 'address' | 'domain' | 'off'): TestEntries {
  switch (kind) {
    case 'address':
      return {
        listed: { kind: 'address', text: '127.0.0.2' },
        unlisted: { kind: 'address', text: '127.0.0.1' },
      };
    case 'domain':
      return {
        listed: { kind: 'domain', text: 'test' },
        unlisted: { kind: 'domain', text: 'invalid' },
      };
    case 'off':
      return { listed: undefined, unlisted: undefined };
  }
}

const maxOddsError = 'expected a number from 0.1 to 20';
const ignoreError = 'expected a domain in small letters';

export const optionsSchema = z
  .strictObject({
    lists: z
      .array(list, { error: 'expected a list of DNS lists' })
      .min(1, { error: 'expected at least one DNS list' })
      .max(30, { error: 'expected at most 30 DNS lists' })
      .describe('The lists; none is preset.'),
    servers: z
      .array(server, { error: 'expected a list of servers' })
      .min(1, { error: 'expected at least one server' })
      .optional()
      .describe('DNS servers to ask; those of the system by default.'),
    envelope: envelopeOption(),
    ignore: z
      .array(z.string({ error: ignoreError }).regex(/^[a-z0-9.-]+$/, { error: ignoreError }))
      .default([])
      .describe('Domains that are never asked about, with those below them.'),
    timeout: duration('For all questions about a message together.', {
      fallback: '4s',
      min: '10ms',
      max: '1m',
    }),
    max_queries: integer('Questions to the DNS about one message.', { min: 1, max: 500 }).default(
      40,
    ),
    max_log_odds: z
      .number({ error: maxOddsError })
      .min(0.1, { error: maxOddsError })
      .max(20, { error: maxOddsError })
      .default(6)
      .describe('All lists together say no more than this, in either direction.'),
    absence: duration('How long it is remembered that something is on no list.', {
      fallback: '5m',
      min: '1s',
      max: '24h',
    }),
  })
  .transform((options, context) => {
    const names = options.lists.map(({ name }) => name);
    const double = names.find((name, index) => names.indexOf(name) !== index);
    if (double !== undefined) {
      context.addIssue({
        code: 'custom',
        message: `expected different lists, got ${double} twice`,
        path: ['lists'],
      });
      return z.NEVER;
    }
    return {
      lists: options.lists,
      servers: options.servers,
      envelope: options.envelope,
      ignore: options.ignore,
      timeoutMs: options.timeout,
      maxQueries: options.max_queries,
      maxLogOdds: options.max_log_odds,
      absenceMs: options.absence,
    };
  });

export type DnsListsOptions = z.output<typeof optionsSchema>;
