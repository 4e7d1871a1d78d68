// Owns what a configuration may say: every key, its default and its meaning. YAML names are
// snake_case; the output is camelCase with units in its names. No file is touched here.
import { z } from 'zod';
import type { LinearPattern } from '../base/linear-pattern.ts';
import type { Secret } from '../base/secret.ts';
import { authoritySchema } from './authority-schema.ts';
import { checkAutoconfig } from './autoconfig-checks.ts';
import { autoconfigSchema } from './autoconfig-schema.ts';
import { checkTogether } from './cross-checks.ts';
import { digestSchema, noticeSchema, quarantineSchema } from './keeping-schema.ts';
import { listenerSchema } from './listener-schema.ts';
import { loginsSchema } from './logins-schema.ts';
import { pluginSchema } from './plugin-schema.ts';
import { routeSchema } from './route-schema.ts';
import { shutdownSchema } from './shutdown-schema.ts';
import { spamSchema } from './spam-schema.ts';
import { tlsReportSchema } from './tls-report-schema.ts';
import { checkTraining } from './training-checks.ts';
import { trainingSchema } from './training-schema.ts';
import {
  bool,
  duration,
  integer,
  ipAddress,
  listOf,
  oneOf,
  optionalListOf,
  path,
  secret,
  section,
  size,
} from './values.ts';

const maxWorkers = 64;

const limitsSchema = z
  .strictObject({
    client_idle: duration(
      'A client that sends nothing for this long is disconnected; RFC 1939 asks for 10m or more.',
      { fallback: '10m', min: '1s', max: '1d' },
    ),
    login_time: duration('From connection to login.', { fallback: '60s', min: '1s', max: '1h' }),
    login_attempts: integer('Failed logins before the client is disconnected.', {
      min: 1,
      max: 100,
    }).default(3),
    max_sessions: integer('Sessions at a time, all listeners together.', {
      min: 1,
      max: 100_000,
    }).default(2000),
    max_sessions_per_address: integer('Sessions at a time from one address.', {
      min: 1,
      max: 100_000,
    }).default(100),
    max_message: size('Largest message that is fetched.', {
      fallback: '512MB',
      min: '1KB',
      max: '64GB',
    }),
    max_messages: integer('Messages in a maildrop.', { min: 1, max: 10_000_000 }).default(200_000),
    memory_per_message: size('Octets of a message kept in memory before a file takes the rest.', {
      fallback: '256KB',
      min: '4KB',
      max: '1GB',
    }),
    memory_total: size('Octets of messages kept in memory, all sessions together.', {
      fallback: '64MB',
      min: '4KB',
      max: '64GB',
    }),
    delivery_stall: duration('A client that takes no octet for this long is disconnected.', {
      fallback: '2m',
      min: '1s',
      max: '1h',
    }),
  })
  .transform((limits) => ({
    clientIdleMs: limits.client_idle,
    loginTimeMs: limits.login_time,
    loginAttempts: limits.login_attempts,
    maxSessions: limits.max_sessions,
    maxSessionsPerAddress: limits.max_sessions_per_address,
    maxMessageBytes: limits.max_message,
    maxMessages: limits.max_messages,
    memoryPerMessageBytes: limits.memory_per_message,
    memoryTotalBytes: limits.memory_total,
    deliveryStallMs: limits.delivery_stall,
  }));

const spoolSchema = z
  .strictObject({
    folder: path('Folder of temporary files; that of the system by default.').optional(),
  })
  .transform(({ folder }) => ({ folder }));

const sizesSchema = z
  .strictObject({
    header_budget: integer(
      'Octets that listed sizes allow for header fields that plugins add; messages are filled up to exactly that. 0 lists the sizes of the server, whatever is added.',
      { min: 0, max: 8192 },
    ).default(512),
  })
  .transform(({ header_budget }) => ({ headerBudgetOctets: header_budget }));

const stateSchema = z.strictObject({
  folder: path('Folder of what has to outlive a restart.').default('./state'),
});

const verdictCacheSchema = z
  .strictObject({
    max_entries: integer('Verdicts remembered; 0 remembers none.', {
      min: 0,
      max: 10_000_000,
    }).default(10_000),
    ttl: duration('For which a verdict is remembered.', { fallback: '1h', min: '1s', max: '30d' }),
  })
  .transform(({ max_entries, ttl }) => ({ maxEntries: max_entries, ttlMs: ttl }));

const metricsSchema = z.strictObject({
  address: ipAddress('Address of the page of metrics.').default('127.0.0.1'),
  port: integer('Port of the page of metrics; 0 takes any free port.', { min: 0, max: 65_535 }),
});

const workersError = `expected auto or a whole number from 1 to ${maxWorkers}`;

const workersSchema = z
  .union([z.literal('auto'), z.int().min(1).max(maxWorkers)], { error: workersError })
  .default(1)
  .describe(
    'Processes that share the ports; auto is one for each processor. 1 serves in the process itself.',
  );

const sessionTicketsSchema = z.strictObject({
  secret: secret(
    'The same on all hosts that clients may come to: what session tickets are sealed with is derived from it, anew for each day.',
  ).optional(),
});

const reloadSchema = z
  .strictObject({
    on_change: bool('Takes up a changed configuration file by itself; SIGHUP always does.').default(
      false,
    ),
  })
  .transform(({ on_change }) => ({ onChange: on_change }));

const logSchema = z.strictObject({
  level: oneOf('Least important lines that are written.', [
    'debug',
    'info',
    'warn',
    'error',
  ]).default('info'),
  format: oneOf('auto is pretty on a terminal and JSON elsewhere.', [
    'auto',
    'json',
    'pretty',
  ]).default('auto'),
});

export const configSchema = z
  .strictObject({
    listeners: listOf('listener', listenerSchema).describe('Where clients connect.'),
    routes: listOf('route', routeSchema).describe('Where sessions go; the first match wins.'),
    limits: section(limitsSchema).describe('Bounds that keep one client from hurting others.'),
    logins: section(loginsSchema).describe('What wrong passwords lead to, over all connections.'),
    spool: section(spoolSchema).describe('Where a large message waits for its verdict.'),
    plugins: optionalListOf('plugin', pluginSchema).describe('The chain, in order.'),
    spam: section(spamSchema).describe('What the scores of all spam engines together lead to.'),
    quarantine: section(quarantineSchema).describe(
      'Where originals go before a notice takes their place.',
    ),
    digest: section(digestSchema).describe('What was held, as a letter in the maildrop itself.'),
    sizes: section(sizesSchema).describe('How LIST and STAT stay true although headers are added.'),
    state: section(stateSchema).describe('Where remembered sizes and values of plugins are kept.'),
    tls_report: section(tlsReportSchema).describe('Which TLS is used by whom, for a report.'),
    verdict_cache: section(verdictCacheSchema).describe('Saves judging the same content twice.'),
    notice: section(noticeSchema).describe('The notice in place of a blocked message.'),
    metrics: metricsSchema
      .optional()
      .describe('A page of metrics for Prometheus, at /metrics; /health says whether all is well.'),
    autoconfig: autoconfigSchema
      .optional()
      .describe('Pages from which Thunderbird and Outlook configure themselves for this proxy.'),
    training: section(trainingSchema).describe('How readers teach the filter what is spam.'),
    workers: workersSchema,
    authority: section(authoritySchema).describe(
      'The local authority, for listeners with mint; made by postern ca init.',
    ),
    session_tickets: section(sessionTicketsSchema).describe(
      'Resuming TLS sessions, which saves clients a full handshake.',
    ),
    shutdown: section(shutdownSchema).describe('How long the end may take, after SIGTERM.'),
    reload: section(reloadSchema).describe('Taking up a changed configuration while running.'),
    log: section(logSchema).describe('The log on standard output.'),
  })
  .superRefine(checkTogether)
  .superRefine(checkAutoconfig)
  .superRefine(checkTraining)
  .transform(({ verdict_cache, session_tickets, tls_report, ...config }) => ({
    ...config,
    verdictCache: verdict_cache,
    sessionTickets: session_tickets,
    tlsReport: tls_report,
  }));

type DeepReadonly<T> = T extends Secret | LinearPattern
  ? T
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** What the schema alone yields: secrets are still sources, paths still relative. */
export type ParsedConfig = z.output<typeof configSchema>;
type ParsedListener = ParsedConfig['listeners'][number];

export interface CertificateConfig {
  readonly certFile: string;
  readonly keyFile: string;
  readonly passphrase: Secret | undefined;
}

export type AuthorityConfig = Readonly<Omit<ParsedConfig['authority'], 'folder' | 'passphrase'>> & {
  readonly folder: string;
  readonly passphrase: Secret | undefined;
};

/** Without certificates, TLS means a self-signed one. */
export type ListenerConfig = DeepReadonly<Omit<ParsedListener, 'certificate' | 'certificates'>> & {
  /** The first is for clients that ask for no name or for one that is not there. */
  readonly certificates: readonly CertificateConfig[];
};
export type ShutdownConfig = DeepReadonly<ParsedConfig['shutdown']>;
type ParsedRoute = ParsedConfig['routes'][number];
type ParsedUpstream = ParsedRoute['upstream'];
export interface DirectoryConfig {
  readonly url: string;
  readonly header: { readonly name: string; readonly value: Secret } | undefined;
  readonly timeoutMs: number;
}
export type RouteConfig = DeepReadonly<Omit<ParsedRoute, 'upstream' | 'directory'>> & {
  readonly directory: DirectoryConfig | undefined;
  readonly upstream: DeepReadonly<Omit<ParsedUpstream, 'certificate'>> & {
    readonly certificate: CertificateConfig | undefined;
  };
};
/** One POP3 server and how to deal with it. */
export type UpstreamTarget = RouteConfig['upstream'];
export type UpstreamTimeouts = UpstreamTarget['timeouts'];
export type LimitsConfig = DeepReadonly<ParsedConfig['limits']>;
export type LoginsConfig = DeepReadonly<ParsedConfig['logins']>;
export type SpamConfig = DeepReadonly<ParsedConfig['spam']>;
export type PolicyRule = PluginConfig['rules'][number];
export type NoticeConfig = DeepReadonly<ParsedConfig['notice']>;
export type AutoconfigConfig = DeepReadonly<NonNullable<ParsedConfig['autoconfig']>>;
export type TrainingConfig = DeepReadonly<ParsedConfig['training']>;
export type DigestConfig = DeepReadonly<ParsedConfig['digest']>;
export type QuarantineConfig = DeepReadonly<Omit<ParsedConfig['quarantine'], 'keyFile'>> & {
  readonly keyFile: string;
};
export type PluginConfig = DeepReadonly<ParsedConfig['plugins'][number]>;

/** A checked configuration: secrets resolved, paths absolute. */
export type Config = DeepReadonly<
  Omit<ParsedConfig, 'listeners' | 'routes' | 'quarantine' | 'sessionTickets' | 'authority'>
> & {
  readonly authority: AuthorityConfig;
  readonly sessionTickets: { readonly secret: Secret | undefined };
  readonly listeners: readonly ListenerConfig[];
  readonly routes: readonly RouteConfig[];
  readonly quarantine: QuarantineConfig;
};
