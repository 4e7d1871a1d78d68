// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { duration, z } from '#plugin-api';
import {
  addressName,
  givenLimits,
  limitOptions,
  type ServerOptions,
  serverSchema,
  socketSchema,
} from './server-options.ts';

const serversError = 'expected a list of one to 32 servers';
const eitherError = 'expected either socket, for one clamd, or servers';

// A Node timer of more than 2^31-1 ms fires at once.
const anyTime = { min: '1ms', max: '24h' } as const;

export const optionsSchema = z
  .strictObject({
    socket: socketSchema.optional(),
    servers: z
      .array(serverSchema, { error: serversError })
      .min(1, { error: serversError })
      .max(32, { error: serversError })
      .optional()
      .describe('Several clamd: each {socket} or {host, port}, with limits of its own if need be.'),
    strategy: z
      .enum(['spread', 'first'], { error: 'expected spread or first' })
      .default('spread')
      .describe(
        'Which clamd is asked: the least busy one, or the first of the list that is not full.',
      ),
    ...limitOptions,
    connect_timeout: duration('To reach clamd.', { fallback: '5s', ...anyTime }),
    scan_timeout: duration(
      'Longest wait for clamd: for its answer after the last octet, or while it takes no octets.',
      { fallback: '150s', ...anyTime },
    ),
    not_scanned: z
      .enum(['block', 'flag', 'defer'], { error: 'expected block, flag or defer' })
      .default('block')
      .describe(
        'What becomes of a message over the limits of clamd: blocked, delivered with a flag, or deferred.',
      ),
    scan_parts: z
      .enum(['all', 'ambiguous'], { error: 'expected all or ambiguous' })
      .default('all')
      .describe(
        'Decoded parts that are scanned beside the message itself: all, or only those that programs read in different ways.',
      ),
    version_refresh: duration(
      'How often clamd is asked for its version: whether it is well, and which signatures it has.',
      { fallback: '60s', ...anyTime },
    ),
  })
  .transform((options, context) => {
    const servers = serversOf(options);
    if (servers === undefined) {
      context.addIssue({ code: 'custom', message: eitherError });
      return z.NEVER;
    }
    const names = servers.map(({ address }) => addressName(address));
    const double = names.find((name, index) => names.indexOf(name) !== index);
    if (double !== undefined) {
      context.addIssue({
        code: 'custom',
        message: `expected different servers, got ${double} twice`,
        path: ['servers'],
      });
      return z.NEVER;
    }
    return {
      servers,
      strategy: options.strategy,
      connectTimeoutMs: options.connect_timeout,
      scanTimeoutMs: options.scan_timeout,
      notScanned: options.not_scanned,
      scanParts: options.scan_parts,
      versionRefreshMs: options.version_refresh,
    };
  });

type WrittenOptions = Parameters<typeof givenLimits>[0] & {
  readonly socket?: ServerOptions['address'] | undefined;
  readonly servers?: readonly ServerOptions[] | undefined;
};

function serversOf({ socket, servers, ...rest }: WrittenOptions): ServerOptions[] | undefined {
  const common = givenLimits(rest);
  if (socket !== undefined && servers === undefined) return [{ address: socket, ...common }];
  if (socket !== undefined || servers === undefined) return undefined;
  return servers.map((server) => ({
    address: server.address,
    maxConcurrent: server.maxConcurrent ?? common.maxConcurrent,
    maxStreamBytes: server.maxStreamBytes ?? common.maxStreamBytes,
    clamdConf: server.clamdConf ?? common.clamdConf,
  }));
}

export type ClamavOptions = z.output<typeof optionsSchema>;
