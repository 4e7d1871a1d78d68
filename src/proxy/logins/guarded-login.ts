// Owns the way of a login past the failed ones: asking, having to wait, and telling how it ended.
import { hash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { AppError, type ResponseCode } from '../../base/errors.ts';
import type { Credentials } from '../../base/secret.ts';
import type { LoginsConfig } from '../../config/schema.ts';
import { printable } from '../../pop3/reply.ts';
import type { LoginMetrics } from '../../telemetry/login-metrics.ts';
import { isWrongPassword } from '../../upstream/failure.ts';
import { clientNetwork } from './client-network.ts';
import type { LoginGate, LoginKeys, LoginLimit, RefusalWords } from './login-gate.ts';
import type { LoginTurns, WantedTurn } from './login-turns.ts';
import { pause } from './pause.ts';
import { isSharedAddress } from './shared-address.ts';

export interface GuardServices {
  readonly logins: LoginGate;
  readonly loginTurns: LoginTurns;
  readonly loginLimits: LoginsConfig;
  readonly loginMetrics: LoginMetrics;
  readonly clock: Clock;
}

export interface GuardedAttempt {
  readonly clientAddress: string;
  /** As the client gave it, in printable form. */
  readonly loginName: string;
  /** Whose maildrops are the same, whichever way in. */
  readonly upstreamHost: string;
  /** As the upstream is told: other names for the same user gain nothing. */
  readonly credentials: Credentials;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** A password upstream, once, or not at all. Throws LOGIN_REPEATED, LOGIN_LIMITED, or as `work`. */
export async function guardedLogin(
  attempt: GuardedAttempt,
  services: GuardServices,
  work: () => Promise<void>,
): Promise<void> {
  const { logins, loginTurns, loginLimits, loginMetrics } = services;
  const keys = keysOf(attempt, logins.digestKey);
  if (logins.isFamiliar(keys)) return tryLogin(keys, attempt, services, work);
  const late = limited('address');
  const patience = { maxWaitMs: loginLimits.maxDelayMs, signal: attempt.signal, late };
  try {
    await loginTurns.take(turnsOf(keys, loginLimits), patience, () =>
      tryLogin(keys, attempt, services, work),
    );
  } catch (error) {
    if (error === late) loginMetrics.delayed('address', 'refused', loginLimits.maxDelayMs);
    throw error;
  }
}

/**
 * As many at a time as may be wrong, and no password twice. Of an account there is no such limit: whoever
 * fills it would keep out its owner.
 */
function turnsOf(keys: LoginKeys, limits: LoginsConfig): WantedTurn[] {
  const { failuresPerAddress, failuresPerAccount, samePasswordMs } = limits;
  const turns: WantedTurn[] = [];
  if (failuresPerAddress !== undefined && !isSharedAddress(keys, limits)) {
    turns.push({ key: `address ${keys.network}`, places: failuresPerAddress });
  }
  if (failuresPerAccount !== undefined) {
    turns.push({ key: `pair ${keys.account} ${keys.network}`, places: failuresPerAccount });
  }
  if (samePasswordMs > 0) turns.push({ key: `secret ${keys.secret}`, places: 1 });
  return turns;
}

async function tryLogin(
  keys: LoginKeys,
  attempt: GuardedAttempt,
  { logins, loginMetrics, clock }: GuardServices,
  work: () => Promise<void>,
): Promise<void> {
  const asked = logins.ask(keys);
  const permit = asked instanceof Promise ? await asked : asked;
  if (permit.kind === 'samePassword') throw repeated(permit.words);
  if (permit.kind !== 'granted') {
    loginMetrics.delayed(permit.limit, permit.kind, permit.afterMs);
    await pause(permit.afterMs, clock, attempt.signal);
    if (permit.kind === 'refused') throw limited(permit.limit);
  }
  try {
    await work();
  } catch (error) {
    if (isWrongPassword(error)) {
      await logins.wrongPassword(keys, wordsOf(error, attempt.credentials));
    }
    throw error;
  }
  logins.accepted(keys);
}

const digestOctets = 16;

export function nameDigest(loginName: string, key: Buffer): string {
  return digest(key, [`name ${loginName.toLowerCase()}`]);
}

function keysOf(attempt: GuardedAttempt, key: Buffer): LoginKeys {
  const { clientAddress, loginName, upstreamHost, credentials } = attempt;
  const { user, password } = credentials;
  // Servers seldom tell names by the case of letters, and who guesses must not gain by it.
  const account = user.toString('latin1').toLowerCase();
  return {
    network: clientNetwork(clientAddress),
    name: nameDigest(loginName, key),
    account: digest(key, [`account ${upstreamHost}\0${account}`]),
    // No client can put a NUL into either: there is one way only to divide them.
    secret: digest(key, [`secret ${upstreamHost}\0`, user, '\0', password.reveal()]),
    upstream: upstreamHost,
  };
}

/** A key of one length in front, and half of the digest: as good as an HMAC here, at a tenth of the time. */
function digest(key: Buffer, pieces: readonly (string | Buffer)[]): string {
  const octets = Buffer.concat([key, ...pieces.map((piece) => Buffer.from(piece))]);
  return hash('sha256', octets, 'buffer').toString('base64url', 0, digestOctets);
}

/** A server may repeat what it was given, and no password is to be kept. */
function wordsOf(error: AppError, { password }: Credentials): RefusalWords {
  const { clientText, publicText, responseCode } = error;
  const isEcho = clientText.includes(printable(password.reveal().toString('latin1')));
  return { text: isEcho ? publicText : clientText, responseCode };
}

function repeated({ text, responseCode }: RefusalWords): AppError {
  const code: ResponseCode | 'none' = responseCode ?? 'none';
  return new AppError('LOGIN_REPEATED', {
    fault: 'client',
    publicText: 'refused by the mail server',
    peerText: text,
    responseCode: code,
  });
}

const limitTexts: Readonly<Record<LoginLimit, string>> = {
  address: 'too many failed logins, try again later',
  account: 'too many failed logins, try again later',
  upstream: 'the mail server refuses too many logins, try again later',
};

/** RFC 3206 s.4: SYS/TEMP keeps a client from asking its user for another password. */
function limited(limit: LoginLimit): AppError {
  return new AppError('LOGIN_LIMITED', {
    fault: 'client',
    publicText: limitTexts[limit],
    responseCode: 'SYS/TEMP',
    details: { limit },
  });
}
