// Owns what the tests of this room connect with: a target on loopback and the trust in its certificate.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { type Credentials, Secret } from '../../src/base/secret.ts';
import type { UpstreamTarget } from '../../src/config/schema.ts';
import { UpstreamTrust } from '../../src/tls/upstream-trust.ts';
import { UpstreamClient } from '../../src/upstream/client.ts';
import { KnownUpstream } from '../../src/upstream/known-upstreams.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

export const certificates = makeTestCertificates();

export const password = 'correct horse';
export const credentials: Credentials = {
  user: Buffer.from('bob'),
  password: Secret.fromText(password),
};
/** AUTH PLAIN's response for these. */
export const plainResponse = Buffer.from(`\0bob\0${password}`).toString('base64');

const folder = mkdtempSync(join(tmpdir(), 'postern-upstream-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, certificates.caPem);

/** Far longer than anything takes, so that only a test about a deadline meets one. */
const longMs = 60_000;

export type TargetChanges = Partial<Omit<UpstreamTarget, 'timeouts'>> & {
  readonly timeouts?: Partial<UpstreamTarget['timeouts']>;
};

export function targetOn(port: number, changes: TargetChanges = {}): UpstreamTarget {
  const { timeouts, ...rest } = changes;
  const { host = '127.0.0.1', serverName = 'localhost' } = rest;
  return {
    host,
    hosts: [{ host, serverName }],
    port,
    tls: 'none',
    caFile,
    serverName,
    verify: 'full',
    pins: undefined,
    minTlsVersion: 'TLSv1.2',
    certificate: undefined,
    login: 'auto',
    allowPlaintextLogin: true,
    proxyProtocol: undefined,
    readAhead: 'auto',
    ...rest,
    timeouts: {
      connectMs: longMs,
      tlsMs: longMs,
      loginMs: longMs,
      replyMs: longMs,
      idleMs: longMs,
      ...timeouts,
    },
  };
}

export const never = new AbortController().signal;

export async function openClient(
  port: number,
  changes: TargetChanges = {},
  signal = never,
  known = new KnownUpstream(systemClock),
): Promise<UpstreamClient> {
  const target = targetOn(port, changes);
  const trust = (await UpstreamTrust.load(target)).optionsFor(target.serverName);
  return UpstreamClient.open({ target, trust, clock: systemClock, known }, signal);
}
