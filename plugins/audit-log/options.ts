// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { type Observation, size, z } from '#plugin-api';

export type EventName = Observation['kind'];

/** When a line counts as written: once the system has it, or once the disk has it. */
export type Durability = 'system' | 'disk';

export type Keep =
  | { readonly kind: 'all' }
  | { readonly kind: 'files'; readonly count: number }
  | { readonly kind: 'age'; readonly ageMs: number };

/** When the file is put aside and a new one begins, and what becomes of the old ones. */
export interface Rotation {
  readonly maxBytes: number;
  readonly every: 'day' | 'week' | 'never';
  readonly keep: Keep;
  readonly form: 'plain' | 'compressed';
}

// A Record and not a list, so that a new event cannot be forgotten here.
const descriptions: Readonly<Record<EventName, string>> = {
  sessionOpened: 'a client has connected',
  loginAccepted: 'the mail server has accepted a login',
  loginRefused: 'a login has failed',
  messageJudged: 'a message has been judged and its delivery begins',
  messageDelivered: 'a message has been sent whole',
  messageRefused: 'a message was not sent',
  messageBroken: 'a message was cut in the middle',
  sessionEnded: 'a session is over',
  lessonGiven: 'somebody has said what a message is, or what is wanted of its sender',
};

export const eventNames: readonly EventName[] = Object.keys(descriptions).filter(isEventName);

function isEventName(text: string): text is EventName {
  return Object.hasOwn(descriptions, text);
}

const fileError = 'expected the path of a file';
const keyError = 'expected {file: path}';
const eventsError = 'expected a list of events with at least one entry';
const boolError = 'expected true or false';
const everyError = 'expected 1d, 1w or never';
const keepError = 'expected an age in days, such as 400d, or a number such as 12 files';

const filePath = z.string({ error: fileError }).regex(/^[^\0]*[^\0/]$/, { error: fileError });

const periods = { '1d': 'day', '1w': 'week', never: 'never' } as const;
const dayMs = 86_400_000;

const keep = z
  .string({ error: keepError })
  .regex(/^[1-9]\d{0,5}(?:d| files?)$/, { error: keepError })
  .transform((text): Keep => {
    const amount = Number.parseInt(text, 10);
    return text.endsWith('d')
      ? { kind: 'age', ageMs: amount * dayMs }
      : { kind: 'files', count: amount };
  });

const rotateSchema = z
  .strictObject({
    size: size('The file is put aside before it gets larger.', {
      fallback: '100MB',
      // The lines about removed files must not fill files by themselves.
      min: '64KB',
      max: '1024GB',
    }),
    every: z
      .enum(['1d', '1w', 'never'], { error: everyError })
      .default('never')
      .describe('The file is put aside with a new day or week, in UTC.'),
    keep: keep
      .optional()
      .describe('Which old files stay: 400d or 12 files. By default all of them.'),
    compress: z
      .boolean({ error: boolError })
      .default(true)
      .describe('Old files are compressed with gzip.'),
  })
  .transform(
    (rotate): Rotation => ({
      maxBytes: rotate.size,
      every: periods[rotate.every],
      keep: rotate.keep ?? { kind: 'all' },
      form: rotate.compress ? 'compressed' : 'plain',
    }),
  );

export const optionsSchema = z
  .strictObject({
    file: filePath.describe(
      'Where lines are appended; relative to the folder of the configuration.',
    ),
    sync: z
      .boolean({ error: boolError })
      .default(false)
      .describe('Waits until the disk has each line; slower, but a power cut loses none.'),
    key: z
      .strictObject({ file: filePath }, { error: keyError })
      .optional()
      .describe(
        'File with a secret of 16 octets or more; without it nobody can make the hashes of the lines.',
      ),
    rotate: rotateSchema
      .optional()
      .describe(
        'Puts the file aside from time to time; by default that is left to other programs.',
      ),
    events: z
      .array(z.enum(eventNames, { error: `expected one of ${eventNames.join(', ')}` }), {
        error: eventsError,
      })
      .min(1, { error: eventsError })
      .default([...eventNames])
      .describe('Which events are recorded; default: all.'),
  })
  .transform(({ file, sync, key, rotate, events }) => ({
    file,
    durability: sync ? ('disk' as const) : ('system' as const),
    keyFile: key?.file,
    rotation: rotate,
    events: new Set(events),
  }));

export type AuditLogOptions = z.output<typeof optionsSchema>;
