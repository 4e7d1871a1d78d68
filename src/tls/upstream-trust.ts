// Owns the TLS side of connections to upstreams: whom to trust, and what we show of ourselves. What the
// failures are called is in src/upstream/failure.ts.
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { CertificateConfig, UpstreamTarget } from '../config/schema.ts';
import { checkPinnedKey } from './pinned-key.ts';
import { checkServerName } from './server-name.ts';
import type { VerifiedOptions } from './upgrade.ts';

/** What is the same for all servers behind a route. */
export type TrustSettings = Pick<
  UpstreamTarget,
  'caFile' | 'verify' | 'pins' | 'minTlsVersion' | 'certificate'
>;

/** Read once: what a connection to a server with these settings is made with, whatever its name. */
export class UpstreamTrust {
  readonly #options: VerifiedOptions;

  private constructor(options: VerifiedOptions) {
    this.#options = options;
  }

  static async load(settings: TrustSettings): Promise<UpstreamTrust> {
    const { caFile, verify, pins, minTlsVersion, certificate } = settings;
    const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
    return new UpstreamTrust({
      minVersion: minTlsVersion,
      rejectUnauthorized: verify === 'full',
      checkServerIdentity: checkServerName,
      secureContext: createSecureContext({
        minVersion: minTlsVersion,
        ...(ca === undefined ? {} : { ca }),
        ...(certificate === undefined ? {} : await ownCertificate(certificate)),
      }),
      ...(pins === undefined ? {} : { inspect: checkPinnedKey(pins) }),
    });
  }

  /** Options of a TLS connection to the server that must prove to be `serverName`. */
  optionsFor(serverName: string): VerifiedOptions {
    // RFC 6066 s.3: no dot at the end, and no address; that is verified, as `host`, against the
    // certificate's IP names.
    const host = serverName.replace(/\.$/, '');
    return { ...this.#options, host, ...(isIP(host) === 0 ? { servername: host } : {}) };
  }
}

async function ownCertificate(certificate: CertificateConfig): Promise<SecureContextOptions> {
  const { certFile, keyFile, passphrase } = certificate;
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  if (passphrase === undefined) return { cert, key };
  return { cert, key, passphrase: passphrase.reveal().toString('utf8') };
}

/** Trust by its settings, so that a target that was derived from a route is trusted as the route is. */
export class UpstreamTrusts {
  readonly #trusts: ReadonlyMap<string, UpstreamTrust>;

  private constructor(trusts: ReadonlyMap<string, UpstreamTrust>) {
    this.#trusts = trusts;
  }

  static async load(all: readonly TrustSettings[]): Promise<UpstreamTrusts> {
    const trusts = new Map<string, UpstreamTrust>();
    for (const settings of all) {
      const key = trustKey(settings);
      if (!trusts.has(key)) trusts.set(key, await UpstreamTrust.load(settings));
    }
    return new UpstreamTrusts(trusts);
  }

  /** Throws for settings that are of no route: nothing is trusted by default. */
  of(target: TrustSettings & Pick<UpstreamTarget, 'serverName'>): VerifiedOptions {
    const trust = this.#trusts.get(trustKey(target));
    if (trust === undefined) {
      throw new Error('no trust was loaded for the settings of this upstream');
    }
    return trust.optionsFor(target.serverName);
  }
}

/** All that trust depends on, but for the name of the server. */
export function trustKey(settings: TrustSettings): string {
  const { caFile, verify, pins, minTlsVersion, certificate } = settings;
  return JSON.stringify([
    verify,
    minTlsVersion,
    caFile,
    pins,
    certificate?.certFile,
    certificate?.keyFile,
  ]);
}
