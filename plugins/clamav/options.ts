// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { z } from '#plugin-api';

const msPerUnit: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const bytesPerUnit: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
};

// A Node timer of more than 2^31-1 ms fires at once.
const longestMs = 24 * 3_600_000;

function quantity(
  about: string,
  units: Readonly<Record<string, number>>,
  { max, expected }: { readonly max: number; readonly expected: string },
) {
  const pattern = new RegExp(`^(\\d{1,9}) ?(${Object.keys(units).join('|')})$`);
  return z
    .string({ error: expected })
    .regex(pattern, { error: expected })
    .describe(about)
    .transform((text, context) => {
      const [, digits, unit] = pattern.exec(text) ?? [];
      const value = Number(digits) * (units[unit ?? ''] ?? Number.NaN);
      if (value >= 1 && value <= max) return value;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    });
}

function duration(about: string, example: string) {
  const expected = `expected a duration from 1ms to 24h, such as ${example}`;
  return quantity(about, msPerUnit, { max: longestMs, expected }).prefault(example);
}

function size(about: string, example: string) {
  const expected = `expected a size, such as ${example}`;
  return quantity(about, bytesPerUnit, { max: Number.MAX_SAFE_INTEGER, expected });
}

function integer(about: string, max: number) {
  const error = `expected a whole number from 1 to ${max}`;
  return z.int({ error }).min(1, { error }).max(max, { error }).describe(about);
}

const socketError = 'expected the path of a unix socket, or host and port';
const hostError = 'expected a host name or an IP address';
const portError = 'expected a port from 1 to 65535';

const pathSchema = z.string().regex(/^\P{Cc}+$/u, { error: socketError });
const hostAndPortSchema = z.strictObject({
  host: z.string({ error: hostError }).regex(/^[\w.:-]{1,253}$/, { error: hostError }),
  port: z.int({ error: portError }).min(1, { error: portError }).max(65_535, { error: portError }),
});

const socketSchema = z
  .union([pathSchema, hostAndPortSchema], { error: socketError })
  .describe('Where clamd listens: the path of its unix socket, or {host, port}.')
  .transform(
    (socket): ClamdAddress =>
      typeof socket === 'string' ? { kind: 'unix', path: socket } : { kind: 'tcp', ...socket },
  );

/** Where clamd listens. */
export type ClamdAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export const optionsSchema = z
  .strictObject({
    socket: socketSchema,
    connect_timeout: duration('To reach clamd.', '5s'),
    scan_timeout: duration(
      'Longest wait for clamd: for its answer after the last octet, or while it takes no octets.',
      '120s',
    ),
    max_concurrent: integer(
      'Messages scanned at a time; further ones wait in order. At most MaxThreads of clamd.',
      1000,
    ).default(10),
    max_stream: size('Largest message sent to clamd: its StreamMaxLength.', '100MB').optional(),
    oversize: z
      .enum(['defer', 'flag'], { error: 'expected defer or flag' })
      .default('defer')
      .describe(
        'What becomes of a message that is too large for clamd: deferred, or delivered unscanned with a flag.',
      ),
    version_refresh: duration('How often clamd is asked for its signature version.', '60s'),
  })
  .transform((options) => ({
    address: options.socket,
    connectTimeoutMs: options.connect_timeout,
    scanTimeoutMs: options.scan_timeout,
    maxConcurrent: options.max_concurrent,
    maxStreamBytes: options.max_stream,
    oversize: options.oversize,
    versionRefreshMs: options.version_refresh,
  }));

export type ClamavOptions = z.output<typeof optionsSchema>;
