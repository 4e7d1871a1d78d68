// Owns the TLS side of connections to upstreams: whom to trust, and who an upstream has proven to be.
// What the failures are called is in src/upstream/failure.ts.
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import type { UpstreamTarget } from '../config/schema.ts';
import { checkServerName } from './server-name.ts';

/** What is the same for all servers behind a route. */
export type TrustSettings = Pick<UpstreamTarget, 'caFile' | 'verify' | 'minTlsVersion'>;

/** Read once: what a connection to a server with these settings is made with, whatever its name. */
export class UpstreamTrust {
  readonly #options: ConnectionOptions;

  private constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  static async load({ caFile, verify, minTlsVersion }: TrustSettings): Promise<UpstreamTrust> {
    const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
    return new UpstreamTrust({
      minVersion: minTlsVersion,
      rejectUnauthorized: verify === 'full',
      checkServerIdentity: checkServerName,
      secureContext: createSecureContext({
        minVersion: minTlsVersion,
        ...(ca === undefined ? {} : { ca }),
      }),
    });
  }

  /** Options of a TLS connection to the server that must prove to be `serverName`. */
  optionsFor(serverName: string): ConnectionOptions {
    // RFC 6066 s.3: no dot at the end, and no address; that is verified, as `host`, against the
    // certificate's IP names.
    const host = serverName.replace(/\.$/, '');
    return { ...this.#options, host, ...(isIP(host) === 0 ? { servername: host } : {}) };
  }
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
  of(target: TrustSettings & Pick<UpstreamTarget, 'serverName'>): ConnectionOptions {
    const trust = this.#trusts.get(trustKey(target));
    if (trust === undefined)
      throw new Error('no trust was loaded for the settings of this upstream');
    return trust.optionsFor(target.serverName);
  }
}

/** All that trust depends on, but for the name of the server. */
export function trustKey({ caFile = '', verify, minTlsVersion }: TrustSettings): string {
  return JSON.stringify([verify, minTlsVersion, caFile]);
}
