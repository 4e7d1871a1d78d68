// Owns the keys of a route: whose sessions take it, the servers behind it, how they are reached, and how long
// that may take.
import { z } from 'zod';
import { keepsSecret, loginMethods, methodsOf } from './login-methods.ts';
import { loginNameSchema } from './login-name-schema.ts';
import { providerLogin, providers } from './providers.ts';
import { checkSource, sourceKeys, sourceOf } from './source-schema.ts';
import { targetsSchema } from './targets-schema.ts';
import { checkUpstreamTls, upstreamTlsKeys } from './upstream-tls-schema.ts';
import {
  bool,
  duration,
  host,
  integer,
  label,
  namePatterns,
  networks,
  oneOf,
  section,
} from './values.ts';

const loginMethod = oneOf('A login method.', loginMethods);

const loginSchema = z.union([
  oneOf('One method.', ['auto', ...loginMethods]),
  z
    .array(loginMethod, { error: 'expected a list of login methods' })
    .min(1, { error: 'expected at least one login method' }),
]);

const hostName = host('A host name or address.');
const hostsError = 'expected a host name or an IP address, or a list of them';

const hostsSchema = z
  .union([hostName, z.array(hostName).min(1, { error: hostsError })], { error: hostsError })
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .refine((hosts) => new Set(hosts).size === hosts.length, {
    error: 'expected each host once',
  });

const upstreamSchema = z
  .strictObject({
    host: hostsSchema
      .describe(
        'Host name or address of the POP3 server, or a list of servers with the same mailboxes: an account goes to one of them, and to another while that cannot be reached.',
      )
      .optional(),
    ...sourceKeys,
    port: integer('Port of the server; 995 for implicit TLS, else 110.', {
      min: 1,
      max: 65_535,
    }).optional(),
    ...upstreamTlsKeys,
    login: loginSchema
      .describe(
        'How to log in: one method, or several of which the first that is offered is used. auto takes the best but for the last two, which need a token in place of the password.',
      )
      .default('auto'),
    allow_plaintext_login: bool('Send passwords to the server without TLS.').default(false),
    proxy_protocol: oneOf(
      'Tells the server who the client is, in a PROXY protocol header of this version, before anything else. The server has to expect it.',
      ['v1', 'v2'],
    ).optional(),
    read_ahead: oneOf(
      'Fetch messages before the client asks for them. auto leaves it where the server would take a message that was retrieved as collected (EXPIRE 0, Gmail); off is for servers that mark messages as read.',
      ['auto', 'off'],
    ).default('auto'),
  })
  .superRefine(checkSource)
  .superRefine(checkUpstreamTls)
  .superRefine(({ tls, login, allow_plaintext_login }, context) => {
    if (tls !== 'none' || allow_plaintext_login || methodsOf(login).every(keepsSecret)) return;
    const message =
      'expected stls or implicit: passwords would travel unencrypted; set allow_plaintext_login: true if that is wanted';
    context.addIssue({ code: 'custom', path: ['tls'], message });
  })
  .transform((upstream) => {
    const known = providers.find(({ name }) => name === upstream.provider);
    const hosts = (known === undefined ? (upstream.host ?? []) : [known.host]).map((each) => ({
      host: each,
      serverName: upstream.server_name ?? each,
    }));
    // Empty where a session finds its server by other means.
    const [first = { host: '', serverName: upstream.server_name ?? '' }] = hosts;
    return {
      ...first,
      hosts,
      source: sourceOf(upstream),
      directory: upstream.auth_http,
      port: upstream.port ?? (upstream.tls === 'implicit' ? 995 : 110),
      tls: upstream.tls,
      caFile: upstream.ca,
      verify: upstream.verify,
      pins: upstream.pins,
      minTlsVersion: upstream.min_version,
      certificate: upstream.certificate,
      login: known === undefined ? upstream.login : providerLogin(upstream.login, known),
      allowPlaintextLogin: upstream.allow_plaintext_login,
      proxyProtocol: upstream.proxy_protocol,
      readAhead: upstream.read_ahead,
    };
  });

const timeoutsSchema = z
  .strictObject({
    connect: duration('To reach the server.', { fallback: '10s', min: '10ms', max: '5m' }),
    tls: duration('For the TLS handshake.', { fallback: '10s', min: '10ms', max: '5m' }),
    login: duration('From the greeting to the end of the login.', {
      fallback: '30s',
      min: '10ms',
      max: '10m',
    }),
    reply: duration('For the reply to a command, and between pieces of a long reply.', {
      fallback: '60s',
      min: '10ms',
      max: '30m',
    }),
    idle: duration('For which an unused connection to the server is kept.', {
      fallback: '10m',
      min: '1s',
      max: '1d',
    }),
  })
  .transform(({ connect, tls, login, reply, idle }) => ({
    connectMs: connect,
    tlsMs: tls,
    loginMs: login,
    replyMs: reply,
    idleMs: idle,
  }));

export const routeSchema = z
  .strictObject({
    name: label('Name of this route, for logs.'),
    listeners: z
      .array(label('Name of a listener.'), { error: 'expected a list of listener names' })
      .min(1, { error: 'expected at least one listener name' })
      .describe('Listeners whose clients take this route; all of them by default.')
      .optional(),
    clients: networks('Networks whose clients take this route; all by default.').optional(),
    destinations: networks(
      'Networks of the mail servers that clients called whose connections a firewall diverted. Others do not take this route.',
    ).optional(),
    server_names: namePatterns(
      'Names that clients ask for in the TLS handshake (SNI), * for any characters. A client that asks for none does not take this route.',
    ).optional(),
    domains: namePatterns(
      'Domains of login names, * for any characters. A name without a domain does not take this route.',
    ).optional(),
    login_name: section(loginNameSchema).describe('How login names are read.'),
    upstream: upstreamSchema.describe('The POP3 server behind this route.'),
    targets: section(targetsSchema).describe(
      'Servers that sessions may go to besides the one named here: what a login name, a directory or an intercepted connection asks for.',
    ),
    timeouts: section(timeoutsSchema).describe('Deadlines towards the server.'),
  })
  .transform(({ server_names, login_name, upstream, timeouts, ...route }) => {
    const { source, directory, ...settings } = upstream;
    return {
      ...route,
      serverNames: server_names,
      loginName: login_name,
      source,
      directory,
      upstream: { ...settings, timeouts },
    };
  });
