// Owns the conversation with an upstream from its greeting to the end of the login, as generators:
// each `yield` is one thing to do, its value is the answer. Pure: sockets and deadlines are in connection.ts.
import { AppError } from '../base/errors.ts';
import type { Credentials } from '../base/secret.ts';
import type { UpstreamTarget } from '../config/schema.ts';
import {
  parseCapabilities,
  type UpstreamCapabilities,
  unknownCapabilities,
} from '../pop3/capability.ts';
import type { Reply } from '../pop3/reply.ts';
import { formatPlain } from '../pop3/sasl.ts';
import { protocolViolation, refusedByUpstream } from './failure.ts';

export type DialogStep =
  | { readonly kind: 'awaitGreeting' }
  | { readonly kind: 'send'; readonly line: Buffer }
  | { readonly kind: 'sendForLines'; readonly line: Buffer }
  /** The answer may be a challenge. */
  | { readonly kind: 'sendSasl'; readonly line: Buffer }
  | { readonly kind: 'startTls' };

/** A reply; `lines` is empty unless lines were asked for and the reply is +OK. */
export interface Answer {
  readonly reply: Reply;
  readonly lines: readonly Buffer[];
  /** A SASL "+" line; `reply` is then meaningless. */
  readonly isChallenge: boolean;
}

export type Dialog<Result> = Generator<DialogStep, Result, Answer>;

export function command(...parts: (string | Buffer)[]): Buffer {
  const octets = parts.map((part) =>
    typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
  );
  return Buffer.concat([...octets, Buffer.from('\r\n')]);
}

/** Greeting, STLS where the target asks for it, and CAPA. */
export function* openDialog(target: Pick<UpstreamTarget, 'tls'>): Dialog<UpstreamCapabilities> {
  const greeting = yield { kind: 'awaitGreeting' };
  if (!greeting.reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_SESSION', greeting.reply);
  const capabilities = yield* capabilityDialog();
  if (target.tls !== 'stls') return capabilities;
  if (!capabilities.hasStls) {
    throw new AppError('UPSTREAM_NO_STLS', {
      fault: 'upstream',
      publicText: 'the mail server does not offer TLS',
      responseCode: 'SYS/PERM',
    });
  }
  const { reply } = yield { kind: 'send', line: command('STLS') };
  if (!reply.isOk) throw refusedByUpstream('UPSTREAM_NO_STLS', reply);
  yield { kind: 'startTls' };
  // RFC 2595 s.4: capabilities from before the handshake are not to be trusted.
  return yield* capabilityDialog();
}

/** CAPA; a server without it has the commands of RFC 1939. */
export function* capabilityDialog(): Dialog<UpstreamCapabilities> {
  const { reply, lines } = yield { kind: 'sendForLines', line: command('CAPA') };
  return reply.isOk ? parseCapabilities(lines) : unknownCapabilities;
}

/** RFC 2449 s.4: a command line has at most 255 octets, which bounds an initial response. */
const initialResponseMaxOctets = 255 - 'AUTH PLAIN \r\n'.length;

/** AUTH PLAIN or USER and PASS, as the target says; one attempt, never repeated by itself. */
export function* loginDialog(
  method: UpstreamTarget['login'],
  capabilities: UpstreamCapabilities,
  credentials: Credentials,
): Dialog<void> {
  const offersPlain = capabilities.saslMechanisms.includes('PLAIN');
  const isPlain = method === 'auth-plain' || (method === 'auto' && offersPlain);
  const answer = isPlain ? yield* plainLogin(credentials) : yield* userLogin(credentials);
  if (answer.isChallenge) throw protocolViolation('an unexpected challenge');
  if (!answer.reply.isOk) throw refusedByUpstream('UPSTREAM_LOGIN_REFUSED', answer.reply);
}

function* plainLogin(credentials: Credentials): Dialog<Answer> {
  const response = formatPlain(credentials);
  if (response.length <= initialResponseMaxOctets) {
    return yield { kind: 'sendSasl', line: command('AUTH PLAIN ', response) };
  }
  const invitation = yield { kind: 'sendSasl', line: command('AUTH PLAIN') };
  if (!invitation.isChallenge) {
    // +OK without having seen a password is no login.
    if (invitation.reply.isOk) throw protocolViolation('login without a password');
    return invitation;
  }
  return yield { kind: 'sendSasl', line: command(response) };
}

function* userLogin(credentials: Credentials): Dialog<Answer> {
  const user = yield { kind: 'send', line: command('USER ', credentials.user) };
  if (!user.reply.isOk) return user;
  return yield { kind: 'send', line: command('PASS ', credentials.password.reveal()) };
}
