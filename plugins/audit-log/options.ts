// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { type Observation, z } from '#plugin-api';

export type EventName = Observation['kind'];

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
};

export const eventNames: readonly EventName[] = Object.keys(descriptions).filter(isEventName);

function isEventName(text: string): text is EventName {
  return Object.hasOwn(descriptions, text);
}

const fileError = 'expected the path of a file';
const eventsError = 'expected a list of events with at least one entry';

export const optionsSchema = z
  .strictObject({
    file: z
      .string({ error: fileError })
      .regex(/^[^\0]*[^\0/]$/, { error: fileError })
      .describe('Where lines are appended; relative to the folder of the configuration.'),
    sync: z
      .boolean({ error: 'expected true or false' })
      .default(false)
      .describe('Waits until the disk has each line; slower, but a power cut loses none.'),
    events: z
      .array(z.enum(eventNames, { error: `expected one of ${eventNames.join(', ')}` }), {
        error: eventsError,
      })
      .min(1, { error: eventsError })
      .default([...eventNames])
      .describe('Which events are recorded; default: all.'),
  })
  .transform(({ file, sync, events }) => ({
    file,
    durability: sync ? ('disk' as const) : ('system' as const),
    events: new Set(events),
  }));

export type AuditLogOptions = z.output<typeof optionsSchema>;
