// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { duration, integer, size, z } from '#plugin-api';
import { type EventName, eventNames } from './event-facts.ts';

export const includable = ['headers', 'parts', 'message'] as const;
export type Includable = (typeof includable)[number];

const urlError = 'expected a URL such as https://scan.example.org/postern';
const fileError = 'expected the path of a file';

const file = z.string({ error: fileError }).regex(/^\P{Cc}+$/u, { error: fileError });

function listOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const error = `expected a list of ${words.join(', ')}`;
  return z.array(z.enum(words, { error }), { error });
}

const someEvent = 'expected at least one event';

export const optionsSchema = z
  .strictObject({
    url: z.string({ error: urlError }).describe('Where facts are posted.'),
    allow_http: z
      .boolean({ error: 'expected true or false' })
      .default(false)
      .describe('Also without encryption to other hosts than this one.'),
    mode: z
      .enum(['inspect', 'observe'], { error: 'expected inspect or observe' })
      .default('inspect')
      .describe('inspect: the answer judges the message. observe: events are reported.'),
    include: listOf(includable).default([]).describe('What is posted besides the facts.'),
    max_message: size('Larger messages are posted without their octets.', {
      fallback: '1MB',
      min: '1B',
      max: '1GB',
    }),
    events: listOf(eventNames)
      .min(1, { error: someEvent })
      .default([...eventNames])
      .describe('Which events are reported in the mode observe; default: all.'),
    max_queue: integer('Events that wait for the receiver; further ones are dropped.', {
      min: 1,
      max: 100_000,
    }).default(1000),
    bearer_file: file.optional().describe('File with a token, sent as Authorization: Bearer.'),
    hmac_file: file.optional().describe('File with a key; requests are then signed.'),
    timeout: duration('For each request, with its answer.', {
      fallback: '8s',
      min: '1ms',
      max: '1h',
    }),
    retries: integer('How often a request is repeated that failed.', {
      min: 0,
      max: 2,
    }).default(1),
    max_concurrent: integer('Requests at a time; further messages wait in order.', {
      min: 1,
      max: 1000,
    }).default(10),
    pause_after: integer('Failures in a row after which the receiver is left alone.', {
      min: 1,
      max: 1000,
    }).default(5),
    pause: duration('How long it is left alone.', { fallback: '30s', min: '1ms', max: '1h' }),
  })
  .transform((options, context) => {
    const url = toUrl(options.url, options.allow_http);
    if (typeof url === 'string') {
      context.addIssue({ code: 'custom', path: ['url'], message: url });
      return z.NEVER;
    }
    return {
      url,
      mode: options.mode,
      include: new Set<Includable>(options.include),
      maxMessageBytes: options.max_message,
      events: new Set<EventName>(options.events),
      maxQueued: options.max_queue,
      bearerFile: options.bearer_file,
      hmacFile: options.hmac_file,
      timeoutMs: options.timeout,
      retries: options.retries,
      maxConcurrent: options.max_concurrent,
      pauseAfter: options.pause_after,
      pauseMs: options.pause,
    };
  });

export type WebhookOptions = z.output<typeof optionsSchema>;

/** The URL, or what is wrong with it. */
function toUrl(text: string, mayBePlain: boolean): URL | string {
  const url = URL.parse(text);
  if (url === null) return urlError;
  // fetch refuses them, and a token belongs in a file.
  if (url.username !== '' || url.password !== '') return 'expected a URL without user and password';
  if (url.protocol === 'https:') return url;
  if (url.protocol !== 'http:') return urlError;
  const isPlainAllowed = mayBePlain || isLoopback(url.hostname);
  return isPlainAllowed ? url : 'expected https, or allow_http: true';
}

/** WHATWG URL has already brought every way to write an IPv4 address to this one. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
