// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { duration, envelopeOption, integer, size, z } from '#plugin-api';
import { addressName, serverSchema } from './server-options.ts';

const serversError = 'expected a list of one to 32 servers';
const userError =
  'expected none, or a name of at most 100 characters in which {user} and {host} may stand';
const scaleError = 'expected a number above 0 and at most 10';
const probabilityError = 'expected a probability above 0 and below 1, such as 0.9';

// A Node timer of more than 2^31-1 ms fires at once.
const anyTime = { min: '1ms', max: '24h' } as const;

const userSchema = z
  .string({ error: userError })
  .max(100, { error: userError })
  .regex(/^(?:[A-Za-z0-9+_.,@-]|\{user\}|\{host\})+$/, { error: userError })
  .default('{user}@{host}')
  .describe('The user that spamd is told of, for preferences and Bayes data; none for no one.')
  .transform((pattern) => (pattern === 'none' ? undefined : pattern));

export const optionsSchema = z
  .strictObject({
    servers: z
      .array(serverSchema, { error: serversError })
      .min(1, { error: serversError })
      .max(32, { error: serversError })
      .describe('Each spamd: {socket}, or {host, port} with tls and ca_file if need be.'),
    strategy: z
      .enum(['spread', 'first'], { error: 'expected spread or first' })
      .default('spread')
      .describe('Which spamd is asked: the least busy one, or the first that is not full.'),
    max_concurrent: integer('Messages at a time on one spamd; further ones wait in order.', {
      min: 1,
      max: 1000,
    }).default(5),
    max_message: size('Larger messages are not sent to spamd.', {
      fallback: '500KB',
      min: '1KB',
      max: '256MB',
    }),
    connect_timeout: duration('To reach spamd.', { fallback: '5s', ...anyTime }),
    answer_timeout: duration('For one message on one spamd.', { fallback: '60s', ...anyTime }),
    user: userSchema,
    envelope: envelopeOption(),
    scale: z
      .number({ error: scaleError })
      .gt(0, { error: scaleError })
      .max(10, { error: scaleError })
      .default(0.9)
      .describe('What one point adds to the logarithm of the odds.'),
    at_required: z
      .number({ error: probabilityError })
      .gt(0, { error: probabilityError })
      .lt(1, { error: probabilityError })
      .default(0.91)
      .describe('Probability of spam for a message that has exactly the points required.'),
    learn: z
      .enum(['off', 'corrections', 'all'], { error: 'expected off, corrections or all' })
      .default('corrections')
      .describe('What of training is passed on to spamd, which needs --allow-tell for it.'),
    teachers: z
      .enum(['administrator', 'everybody'], { error: 'expected administrator or everybody' })
      .default('administrator')
      .describe('Who teaches a user of spamd that all accounts share.'),
  })
  .superRefine(({ servers }, context) => {
    const names = servers.map(addressName);
    const double = names.find((name, index) => names.indexOf(name) !== index);
    if (double === undefined) return;
    const message = `expected different servers, got ${double} twice`;
    context.addIssue({ code: 'custom', path: ['servers'], message });
  })
  .transform((options) => ({
    servers: options.servers,
    strategy: options.strategy,
    maxConcurrent: options.max_concurrent,
    maxMessageBytes: options.max_message,
    connectTimeoutMs: options.connect_timeout,
    answerTimeoutMs: options.answer_timeout,
    user: options.user,
    envelope: options.envelope,
    scale: { perPoint: options.scale, atRequired: options.at_required },
    learn: options.learn,
    teachers: options.teachers,
  }));

export type SpamassassinOptions = z.output<typeof optionsSchema>;
