// Owns messages that are signed here and now, and a DNS that knows the keys.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { sealMessage } from 'mailauth/lib/arc/index.js';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { authenticate } from '../../../plugins/authentication/authenticate.ts';
import { DnsCache, type Resolve } from '../../../plugins/authentication/dns-cache.ts';
import { type LookupLimits, Lookups } from '../../../plugins/authentication/lookups.ts';
import type { Outcome } from '../../../plugins/authentication/outcome.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { wantedUntil } from '../../../src/pipeline/interest.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';

export interface Key {
  readonly privateKey: string;
  /** Content of the TXT record. */
  readonly record: string;
}

function keyOf(
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
  type: 'rsa' | 'ed25519',
): Key {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const octets = type === 'rsa' ? der : der.subarray(-32);
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    record: `v=DKIM1; k=${type}; p=${octets.toString('base64')}`,
  };
}

function rsaKey(modulusLength: number): Key {
  return keyOf(generateKeyPairSync('rsa', { modulusLength }), 'rsa');
}

export const rsa: Key = rsaKey(2048);
export const weak: Key = rsaKey(768);
export const ed25519: Key = keyOf(generateKeyPairSync('ed25519'), 'ed25519');

export type Zone = Readonly<Record<string, string | (() => Promise<string[][]>)>>;

/** Keys under the selectors `rsa`, `ed` and `weak` of example.org, and whatever is added. */
export function zoneOf(records: Zone = {}): Zone {
  return {
    'rsa._domainkey.example.org': rsa.record,
    'ed._domainkey.example.org': ed25519.record,
    'weak._domainkey.example.org': weak.record,
    ...records,
  };
}

export function dnsError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export function resolverOf(zone: Zone, asked: string[] = []): Resolve {
  return async (name, type) => {
    asked.push(`${type} ${name}`);
    const found = type === 'TXT' && Object.hasOwn(zone, name) ? zone[name] : undefined;
    if (found === undefined) throw dnsError('ENOTFOUND');
    return typeof found === 'string' ? [[found]] : found();
  };
}

export const letter = [
  'From: Ann <ann@example.org>',
  'To: bob@example.net',
  'Subject: Hello',
  'Date: Mon, 23 Nov 2026 12:00:00 +0000',
  'Message-ID: <1@example.org>',
  '',
  'Dear Bob,',
  '.a dot at the start',
  '',
  'yours, Ann',
  '',
].join('\r\n');

export interface Signing {
  readonly key?: Key;
  readonly selector?: string;
  readonly domain?: string;
  readonly expires?: Date;
  readonly bodyOctets?: number;
  readonly canonicalization?: string;
}

/** The message with a signature above it. */
export async function sign(message: string, signing: Signing = {}): Promise<string> {
  const { key = rsa, selector = 'rsa', domain = 'example.org', expires, bodyOctets } = signing;
  const by = { signingDomain: domain, selector, privateKey: key.privateKey };
  const result = await dkimSign(Buffer.from(message, 'latin1'), {
    canonicalization: signing.canonicalization ?? 'relaxed/relaxed',
    signTime: new Date('2026-01-01T00:00:00Z'),
    ...(expires === undefined ? {} : { expires }),
    ...by,
    signatureData: [{ ...by, ...(bodyOctets === undefined ? {} : { maxBodyLength: bodyOctets }) }],
  });
  if (result.signatures === '') throw new Error(`not signed: ${JSON.stringify(result.errors)}`);
  return `${result.signatures}${message}`;
}

/** The message with an ARC set above it, as a forwarder adds it. */
export async function sealArc(message: string, instance: number): Promise<string> {
  const headers = await sealMessage(Buffer.from(message, 'latin1'), {
    signingDomain: 'example.org',
    selector: 'rsa',
    privateKey: rsa.privateKey,
    authResults: 'forwarder.example; dkim=pass header.d=example.org',
    cv: instance === 1 ? 'none' : 'pass',
    i: instance,
  });
  return `${headers.toString('latin1')}${message}`;
}

export const roomy: LookupLimits = { maxLookups: 100, totalMs: 60_000 };

export function cacheOf(resolve: Resolve): DnsCache {
  const times = { answerMs: 60_000, absenceMs: 60_000, failureMs: 1000, maxEntries: 100 };
  return new DnsCache(resolve, systemClock, times);
}

/** Verifies a message against a DNS of these records. */
export function verify(
  message: string,
  zone: Zone = zoneOf(),
  { limits = roomy, asked = [] }: { limits?: LookupLimits; asked?: string[] } = {},
): Promise<Outcome> {
  const { signal } = new AbortController();
  const lookups = new Lookups(cacheOf(resolverOf(zone, asked)), limits, systemClock, signal);
  const view = wholeMessage(Buffer.from(message, 'latin1')).viewWhile(wantedUntil(signal));
  return authenticate(view, lookups, { minKeyBits: 1024 });
}
