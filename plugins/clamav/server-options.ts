// Owns how one clamd is named in the options: where it listens, and what is known of its limits.
import { integer, optionalSize, z } from '#plugin-api';

/** Where clamd listens. */
export type ClamdAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** `resolvePath` knows where relative paths start. */
export function resolvedAddress(
  address: ClamdAddress,
  resolvePath: (path: string) => string,
): ClamdAddress {
  return address.kind === 'unix' ? { ...address, path: resolvePath(address.path) } : address;
}

/** What the options say of the limits of a clamd. */
export interface GivenLimits {
  readonly maxConcurrent: number | undefined;
  readonly maxStreamBytes: number | undefined;
  /** Path of its clamd.conf, as it is reachable from here. */
  readonly clamdConf: string | undefined;
}

export interface ServerOptions extends GivenLimits {
  readonly address: ClamdAddress;
}

const socketError = 'expected the path of a unix socket, or host and port';
const hostError = 'expected a host name or an IP address';
const portError = 'expected a port from 1 to 65535';
const confError = 'expected the path of clamd.conf';

const pathSchema = z
  .string({ error: socketError })
  .regex(/^\P{Cc}+$/u, { error: socketError })
  .describe('Path of the unix socket of clamd.');
const hostSchema = z
  .string({ error: hostError })
  .regex(/^[\w.:-]{1,253}$/, { error: hostError })
  .describe('Host name or IP address of clamd.');
const portSchema = z
  .int({ error: portError })
  .min(1, { error: portError })
  .max(65_535, { error: portError })
  .describe('TCP port of clamd.');

/** The short form, for one clamd. */
export const socketSchema = z
  .union([pathSchema, z.strictObject({ host: hostSchema, port: portSchema })], {
    error: socketError,
  })
  .describe('Where clamd listens: the path of its unix socket, or {host, port}.')
  .transform(
    (socket): ClamdAddress =>
      typeof socket === 'string' ? { kind: 'unix', path: socket } : { kind: 'tcp', ...socket },
  );

/** Options that hold for all servers and can be given for each of them. */
export const limitOptions = {
  max_concurrent: integer(
    'Scans at a time on one clamd; further ones wait in order. By default MaxThreads.',
    { min: 1, max: 1000 },
  ).optional(),
  max_stream: optionalSize(
    'Largest message sent to clamd; a larger one counts as not scanned. By default what StreamMaxLength, MaxFileSize and MaxScanSize allow.',
    { example: '100MB', min: '1B', max: '1024GB' },
  ),
  clamd_conf: z
    .string({ error: confError })
    .regex(/^\P{Cc}+$/u, { error: confError })
    .optional()
    .describe('Path of the clamd.conf from which the limits of clamd are read.'),
};

/** One of several. */
export const serverSchema = z
  .strictObject({
    socket: pathSchema.optional(),
    host: hostSchema.optional(),
    port: portSchema.optional(),
    ...limitOptions,
  })
  .transform((server, context): ServerOptions => {
    const { socket, host, port } = server;
    if (socket !== undefined && host === undefined && port === undefined) {
      return { address: { kind: 'unix', path: socket }, ...givenLimits(server) };
    }
    if (socket === undefined && host !== undefined && port !== undefined) {
      return { address: { kind: 'tcp', host, port }, ...givenLimits(server) };
    }
    context.addIssue({ code: 'custom', message: 'expected either socket, or host and port' });
    return z.NEVER;
  });

export function givenLimits(options: {
  readonly max_concurrent?: number | undefined;
  readonly max_stream?: number | undefined;
  readonly clamd_conf?: string | undefined;
}): GivenLimits {
  return {
    maxConcurrent: options.max_concurrent,
    maxStreamBytes: options.max_stream,
    clamdConf: options.clamd_conf,
  };
}

/** The name of a clamd in logs and metrics. */
export function addressName(address: ClamdAddress): string {
  if (address.kind === 'unix') return address.path;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}
