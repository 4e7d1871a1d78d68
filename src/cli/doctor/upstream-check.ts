// Owns the check of one mail server: name, connection, TLS, capabilities, a way to log in. It sends no
// credential and ends with QUIT.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AppError } from '../../base/errors.ts';
import type { UpstreamTarget } from '../../config/schema.ts';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import { type UpstreamCapabilities, unknownCapabilities } from '../../pop3/capability.ts';
import { UpstreamTrust } from '../../tls/upstream-trust.ts';
import { chooseMethod } from '../../upstream/login-method.ts';
import { findTimestamp } from '../../upstream/mechanisms/digest.ts';
import type { ProbedTls, ProbeRequest, ProbeResult } from '../probe.ts';
import { chainProblem, namesOf, validity } from './certificate-words.ts';
import type { Check } from './check.ts';
import { fail, ok, warn } from './check.ts';
import { connectionProblem } from './connection-words.ts';
import { introductionTo } from './introduction.ts';
import { list } from './words.ts';

export interface UpstreamTools {
  probe(request: ProbeRequest): Promise<ProbeResult>;
  /** Addresses of a host name; rejects when there are none. */
  resolve(host: string): Promise<readonly string[]>;
  nowMs(): number;
}

export const resolveByLookup: UpstreamTools['resolve'] = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** Of each step of a dialogue; a server that is slower than that is not well. */
const stepLimitMs = 8000;

export function upstreamCheck(
  subject: string,
  target: UpstreamTarget,
  tools: UpstreamTools,
): Check {
  return { subject, run: () => diagnose(target, tools) };
}

async function* diagnose(
  target: UpstreamTarget,
  tools: UpstreamTools,
): AsyncGenerator<Diagnosis, void, void> {
  const { host, port, tls } = target;
  if (isIP(host) === 0) {
    const addresses = await tools.resolve(host).catch(() => []);
    if (addresses.length === 0) {
      yield fail(
        `there is no address for ${host}`,
        'Look at the name in the configuration, and at the name servers in /etc/resolv.conf.',
      );
      return;
    }
    yield ok(`${host} is ${list(addresses)}`);
  }
  const trust = (await UpstreamTrust.load(target)).optionsFor(target.serverName);
  // With a certificate that is not valid, what else is there to say would be lost. It is looked at below.
  const { inspect: _inspect, ...options } = trust;
  const seen = { ...options, rejectUnauthorized: false };
  const preamble = introductionTo(target);
  const answer = await tools.probe({ host, port, tls, stepLimitMs, preamble, trust: seen });
  if (answer.kind === 'failed') {
    yield connectionProblem(answer, target);
    return;
  }
  yield ok(`answers on port ${port}: "${answer.greeting}"`);
  yield* encryption(answer.tls, target, tools.nowMs());
  yield* abilities(answer.capabilities);
  yield loginMethod(target, answer);
}

function* encryption(
  tls: ProbedTls | undefined,
  { serverName, verify, pins, host }: UpstreamTarget,
  nowMs: number,
): Generator<Diagnosis> {
  if (tls === undefined) {
    const isNear = host === 'localhost' || host === '::1' || host.startsWith('127.');
    yield isNear
      ? ok('no TLS, on this machine')
      : warn('no TLS: passwords and mail travel readable', 'Set tls: implicit, or stls.');
    return;
  }
  const { certificate, problem, protocol, cipher } = tls;
  const names = certificate === undefined ? '' : `, certificate for ${namesOf(certificate)}`;
  yield ok(`${protocol} with ${cipher}${names}`);
  if (pins !== undefined) yield pinned(pins, certificate?.pin);
  if (problem !== undefined) {
    const { found, advice } = chainProblem(problem, serverName, certificate);
    if (verify === 'full') yield fail(found, advice);
    else if (verify === 'pin') yield ok(`${found}; the key alone counts here`);
    else yield warn(`${found}, and verify: none`, advice);
  } else if (verify === 'none') {
    yield warn('certificates are not verified, though this one is valid', 'Set verify: full.');
  }
  if (certificate !== undefined && problem === undefined) {
    yield validity(certificate, nowMs, 'Its operator has to renew it.');
  }
}

function pinned(pins: readonly string[], pin: string | undefined): Diagnosis {
  if (pin !== undefined && pins.includes(pin)) return ok('the key is one of the pinned keys');
  return fail(
    `the key is ${pin ?? 'not known'}, which is not pinned`,
    'Add it to pins only if the operator of the server confirms that it is theirs.',
  );
}

function* abilities(capabilities: UpstreamCapabilities | undefined): Generator<Diagnosis> {
  if (capabilities === undefined) {
    yield ok('knows no CAPA; UIDL and TOP are tried in each session');
    return;
  }
  const { hasUidl, hasTop, hasPipelining, saslMechanisms, expire, loginDelay } = capabilities;
  const offered = [
    hasUidl ? 'UIDL' : undefined,
    hasTop ? 'TOP' : undefined,
    hasPipelining ? 'PIPELINING' : undefined,
    saslMechanisms.length > 0 ? `SASL ${saslMechanisms.join(' ')}` : undefined,
    expire === undefined ? undefined : `EXPIRE ${expire}`,
    loginDelay === undefined ? undefined : `LOGIN-DELAY ${loginDelay}`,
  ].filter((word) => word !== undefined);
  yield ok(`offers ${offered.length === 0 ? 'nothing beyond RFC 1939' : offered.join(', ')}`);
  if (!hasUidl) {
    yield warn(
      'has no UIDL, at least before the login',
      'If it has none after it either, mail programs cannot leave mail on the server.',
    );
  }
  const delay = Number.parseInt(loginDelay ?? '', 10);
  if (delay > 0) {
    yield ok(
      `asks for ${delay} s between two logins of one account; mail programs have to wait as long`,
    );
  }
}

function loginMethod(
  target: UpstreamTarget,
  answer: Extract<ProbeResult, { kind: 'reached' }>,
): Diagnosis {
  try {
    const method = chooseMethod(target.login, answer.capabilities ?? unknownCapabilities, {
      exposure: answer.tls !== undefined || target.allowPlaintextLogin ? 'allowed' : 'forbidden',
      timestamp: findTimestamp(answer.greeting),
      server: target,
    });
    return ok(`logins will use ${method}`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const wanted = typeof target.login === 'string' ? target.login : target.login.join(', ');
    return fail(
      error.publicText,
      `The route says login: ${wanted}; see docs/errors.md, ${error.code}.`,
    );
  }
}
