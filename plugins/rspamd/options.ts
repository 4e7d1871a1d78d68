// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { duration, envelopeOption, integer, size, z } from '#plugin-api';
import { isPrivateWay, parseServerAddress, type ServerAddress } from './server-address.ts';

const addressError =
  'expected http://host:11333, https://host, or unix: and the path of a socket, without a password';
const serversError = 'expected a list of one to 32 servers';
const numberError = 'expected a number';
const settingsError = 'expected the id of settings: letters, digits, hyphens and underscores';
const nameError = 'expected a host name';
const fileError = 'expected the path of a file';

// A Node timer of more than 2^31-1 ms fires at once.
const anyTime = { min: '1ms', max: '24h' } as const;

const address = z.string({ error: addressError }).transform((text, context): ServerAddress => {
  const parsed = parseServerAddress(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: addressError });
  return z.NEVER;
});

const addresses = z
  .array(address, { error: serversError })
  .min(1, { error: serversError })
  .max(32, { error: serversError });

const file = z.string({ error: fileError }).regex(/^\P{Cc}+$/u, { error: fileError });

function number(about: string, { min, max }: { readonly min: number; readonly max: number }) {
  const error = `${numberError} from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error }).describe(about);
}

function choice<const Words extends readonly [string, ...string[]]>(about: string, words: Words) {
  return z.enum(words, { error: `expected ${words.join(' or ')}` }).describe(about);
}

const learnSchema = z.strictObject({
  controllers: addresses.prefault(['http://127.0.0.1:11334']).describe('Controllers of rspamd.'),
  password_file: file.optional().describe('File with the password of the controllers.'),
  lessons: choice('Which lessons are passed on: those that a person gave, or all.', [
    'corrections',
    'all',
  ]).default('corrections'),
  teachers: choice('Who teaches a model that all accounts share.', [
    'administrator',
    'everybody',
  ]).default('administrator'),
  fuzzy_flag: integer('Spam also goes to the fuzzy storage, with this flag.', {
    min: 1,
    max: 1_000_000,
  }).optional(),
  fuzzy_weight: integer('Weight of what goes to the fuzzy storage.', {
    min: 1,
    max: 1000,
  }).default(10),
});

export const optionsSchema = z
  .strictObject({
    servers: addresses
      .prefault(['http://127.0.0.1:11333'])
      .describe('Workers of rspamd, in order of preference.'),
    strategy: choice('Which one is asked: the least busy, or the first that is well.', [
      'spread',
      'first',
    ]).default('spread'),
    allow_http: z
      .boolean({ error: 'expected true or false' })
      .default(false)
      .describe('Also without encryption to other hosts than this one.'),
    ca_file: file
      .optional()
      .describe('Certificates of authorities, in place of those of the system.'),
    max_concurrent: integer('Messages at a time for each server; further ones wait in order.', {
      min: 1,
      max: 1000,
    }).default(10),
    connect_timeout: duration('To reach a server.', { fallback: '3s', ...anyTime }),
    answer_timeout: duration('For one message on one server.', {
      fallback: '20s',
      ...anyTime,
    }),
    max_message: size('Larger messages are not given to rspamd.', {
      fallback: '20MB',
      min: '1B',
      max: '1GB',
    }),
    not_scanned: choice('What becomes of those: delivered, delivered with a flag, or deferred.', [
      'pass',
      'flag',
      'defer',
    ]).default('flag'),
    envelope: envelopeOption(),
    smtp_symbols: choice('Symbols about an SMTP session, which is over: left out, or kept.', [
      'skip',
      'keep',
    ]).default('skip'),
    settings_id: z
      .string({ error: settingsError })
      .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: settingsError })
      .optional()
      .describe('Settings of rspamd to judge by; then smtp_symbols is theirs to say.'),
    mta_name: z
      .string({ error: nameError })
      .regex(/^[A-Za-z0-9.-]{1,253}$/, { error: nameError })
      .optional()
      .describe('Name of this host for rspamd: it stands in Authentication-Results.'),
    deliver_to: choice('Whether rspamd is told whose mail it is, for models of single users.', [
      'account',
      'nobody',
    ]).default('nobody'),
    scale: number('What one point of rspamd adds to the logarithm of the odds.', {
      min: 0.01,
      max: 10,
    }).default(0.65),
    middle: number('Points at which spam is as likely as not.', { min: -100, max: 100 }).default(
      2.6,
    ),
    on_reject: choice('For the action reject: a score beyond doubt, or a block.', [
      'score',
      'block',
    ]).default('score'),
    on_soft_reject: choice('For the action soft reject: come again later, or the score alone.', [
      'defer',
      'score',
    ]).default('defer'),
    on_greylist: choice('For the action greylist: the score alone, or come again later.', [
      'score',
      'defer',
    ]).default('score'),
    header_edits: choice('Fields that rspamd adds and removes: applied or ignored.', [
      'apply',
      'ignore',
    ]).default('apply'),
    subject_edits: choice('A subject that rspamd rewrites: applied or ignored.', [
      'apply',
      'ignore',
    ]).default('apply'),
    learn: learnSchema.optional(),
  })
  .transform((options, context) => {
    const { learn } = options;
    const report = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const lists = [
      { path: ['servers'], all: options.servers },
      { path: ['learn', 'controllers'], all: learn?.controllers ?? [] },
    ];
    for (const { path, all } of lists) {
      for (const [index, each] of all.entries()) {
        if (all.findIndex(({ name }) => name === each.name) < index) {
          report([...path, index], `expected different servers, got ${each.name} twice`);
        }
        if (!options.allow_http && !isPrivateWay(each)) {
          report([...path, index], 'expected https, or allow_http: true');
        }
      }
    }
    return {
      servers: options.servers,
      strategy: options.strategy,
      caFile: options.ca_file,
      maxConcurrent: options.max_concurrent,
      connectTimeoutMs: options.connect_timeout,
      answerTimeoutMs: options.answer_timeout,
      maxBytes: options.max_message,
      notScanned: options.not_scanned,
      envelope: options.envelope,
      smtpSymbols: options.smtp_symbols,
      settingsId: options.settings_id,
      mtaName: options.mta_name,
      deliverTo: options.deliver_to,
      scale: options.scale,
      middle: options.middle,
      onReject: options.on_reject,
      onSoftReject: options.on_soft_reject,
      onGreylist: options.on_greylist,
      headerPolicy: { headers: options.header_edits, subject: options.subject_edits },
      learn: learn && {
        controllers: learn.controllers,
        passwordFile: learn.password_file,
        lessons: learn.lessons,
        teachers: learn.teachers,
        fuzzy:
          learn.fuzzy_flag === undefined
            ? undefined
            : { flag: learn.fuzzy_flag, weight: learn.fuzzy_weight },
      },
    };
  });

export type RspamdOptions = z.output<typeof optionsSchema>;
export type LearnOptions = NonNullable<RspamdOptions['learn']>;
