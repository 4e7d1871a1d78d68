// Owns how one spamd is named in the options: where it listens, and how it is reached.
import { z } from '#plugin-api';

/** Where spamd listens. */
export type SpamdAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** `caFile`: of the authority that its certificate comes from, where it is none that Node knows. */
  | {
      readonly kind: 'tls';
      readonly host: string;
      readonly port: number;
      readonly caFile: string | undefined;
    };

/** `resolvePath` knows where relative paths start. */
export function resolvedAddress(
  address: SpamdAddress,
  resolvePath: (path: string) => string,
): SpamdAddress {
  switch (address.kind) {
    case 'unix':
      return { ...address, path: resolvePath(address.path) };
    case 'tls':
      return { ...address, caFile: address.caFile && resolvePath(address.caFile) };
    case 'tcp':
      return address;
  }
}

const socketError = 'expected the path of a unix socket';
const hostError = 'expected a host name or an IP address';
const portError = 'expected a port from 1 to 65535';
const fileError = 'expected the path of a file';
const tlsError = 'expected none or verify';

export const serverSchema = z
  .strictObject({
    socket: z
      .string({ error: socketError })
      .regex(/^\P{Cc}+$/u, { error: socketError })
      .optional()
      .describe('Path of the unix socket of spamd.'),
    host: z
      .string({ error: hostError })
      .regex(/^[\w.:-]{1,253}$/, { error: hostError })
      .optional()
      .describe('Host name or IP address of spamd.'),
    port: z
      .int({ error: portError })
      .min(1, { error: portError })
      .max(65_535, { error: portError })
      .optional()
      .describe('TCP port of spamd; 783 by default.'),
    tls: z
      .enum(['none', 'verify'], { error: tlsError })
      .optional()
      .describe('verify: spamd runs with --ssl, and its certificate must be right.'),
    ca_file: z
      .string({ error: fileError })
      .regex(/^\P{Cc}+$/u, { error: fileError })
      .optional()
      .describe(
        'Certificate of the authority of a spamd with tls; those known to Node by default.',
      ),
  })
  .transform((server, context): SpamdAddress => {
    const { socket, host, port = 783, tls, ca_file: caFile } = server;
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if ((socket === undefined) === (host === undefined)) {
      return refuse('expected either socket, or host and port');
    }
    if (socket !== undefined) {
      const isAlone = server.port === undefined && tls === undefined && caFile === undefined;
      return isAlone
        ? { kind: 'unix', path: socket }
        : refuse('expected no port, tls or ca_file beside socket');
    }
    if (caFile !== undefined && tls !== 'verify')
      return refuse('expected tls: verify with ca_file');
    const at = { host: host ?? '', port };
    return tls === 'verify' ? { kind: 'tls', ...at, caFile } : { kind: 'tcp', ...at };
  });

/** The name of a spamd in logs and metrics. */
export function addressName(address: SpamdAddress): string {
  if (address.kind === 'unix') return address.path;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}
