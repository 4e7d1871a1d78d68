// Owns the options of the plugin and their defaults.
import { duration, integer, size, z } from '#plugin-api';

const scopeError = 'expected account, shared or both';

export const optionsSchema = z.strictObject({
  scope: z
    .enum(['account', 'shared', 'both'], { error: scopeError })
    .default('account')
    .describe('What the lessons of an account teach: its own model, the shared one, or both.'),
  default_model: z
    .boolean({ error: 'expected true or false' })
    .default(true)
    .describe('Begin with the model that comes with Postern.'),
  model: z
    .string({ error: 'expected a path' })
    .min(1, { error: 'expected a path' })
    .optional()
    .describe('A model file to begin with instead.'),
  cache: size('Models of accounts kept in memory, in each process.', {
    fallback: '64MB',
    min: '1MB',
    max: '16GB',
  }),
  lessons_per_day: integer('Lessons of one account in a day.', { min: 1, max: 100_000 }).default(
    200,
  ),
  keep_lessons: integer('Lessons of one model that can be taken back without the message.', {
    min: 0,
    max: 100_000,
  }).default(2000),
  keep_lessons_for: duration('After that a lesson can no longer be taken back.', {
    fallback: '365d',
    min: '1d',
    max: '3650d',
  }),
  agreement: z
    .strictObject({
      accounts: integer('More accounts than say the opposite, by this many.', {
        min: 1,
        max: 10_000,
      }).default(3),
      domains: integer('Of so many domains.', { min: 1, max: 10_000 }).default(2),
      within: duration('Of each other.', { fallback: '14d', min: '1h', max: '365d' }),
    })
    .prefault({})
    .describe('When lessons of accounts count for the shared model.'),
});

export type SpamOptions = z.output<typeof optionsSchema>;
