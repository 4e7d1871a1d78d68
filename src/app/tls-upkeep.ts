// Owns what the TLS of listeners needs while they run: renewed certificates are taken up, expiry is told in
// time, keys of tickets are replaced.
import type { Clock, Timer } from '../base/clock.ts';
import { explain } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { CoreMetrics } from '../telemetry/core-metrics.ts';
import type { OpenAuthority } from '../tls/authority/open-authority.ts';
import type { ServerCertificate } from '../tls/certificate.ts';
import type { ListenerMaterial } from '../tls/material.ts';
import type { TicketKeys } from '../tls/ticket-keys.ts';
import { ExpiryWarnings } from './expiry-warnings.ts';
import type { Doer } from './surroundings.ts';

export interface UpkeepServices {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<CoreMetrics, 'certificateExpires'>;
  /** Whose log has what is true of all processes. */
  readonly chores: Doer;
  /** At present, by the name of the listener. */
  materials(): ReadonlyMap<string, ListenerMaterial>;
  ticketKeys(): TicketKeys;
}

type Expiring = Pick<ServerCertificate, 'names' | 'fingerprint' | 'notAfterMs'>;

const everyMs = 60_000;

export class TlsUpkeep {
  readonly #services: UpkeepServices;
  readonly #warnings = new ExpiryWarnings();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(services: UpkeepServices) {
    this.#services = services;
  }

  /** Looks now, and every minute from here on. */
  async run(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.#services.log.error({ reason: explain(error) }, 'certificates could not be looked at');
    }
    if (!this.#isStopped) this.#timer = this.#services.clock.after(everyMs, () => void this.run());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async look(): Promise<void> {
    const shown = new Set<string>();
    const keys = this.#services.ticketKeys();
    const authorities = new Set<OpenAuthority>();
    for (const [listener, { tls, files, authority }] of this.#services.materials()) {
      tls.useTicketKeys(keys);
      if (authority !== undefined) {
        authorities.add(authority);
        shown.add(authority.certificate.fingerprint);
        this.#tellExpiry(listener, [authority.certificate]);
      }
      if (files === undefined) continue;
      const { taken, refused } = await files.look();
      if (taken.length > 0) tls.useCertificates(files.certificates);
      for (const { names, notAfterMs } of taken) {
        const until = new Date(notAfterMs).toISOString();
        this.#tell('info', { listener, names, until }, 'a changed certificate was taken up');
      }
      for (const each of refused) {
        const text = 'a changed certificate cannot be used; the one before stays';
        this.#tell('error', { listener, ...each }, text);
      }
      for (const { fingerprint } of files.certificates) shown.add(fingerprint);
      this.#tellExpiry(listener, files.certificates);
    }
    this.#warnings.keepOnly(shown);
    // Last: a list of revoked certificates that cannot be read holds up no renewal.
    for (const authority of authorities) await authority.look();
  }

  #tellExpiry(listener: string, certificates: readonly Expiring[]): void {
    const nowMs = this.#services.clock.nowMs();
    const earliest = new Map<string, number>();
    for (const { names, fingerprint, notAfterMs } of certificates) {
      const [name = 'none'] = names;
      // The one with an ECDSA key and the one with an RSA key have the same name.
      earliest.set(name, Math.min(notAfterMs, earliest.get(name) ?? notAfterMs));
      const daysLeft = this.#warnings.due(fingerprint, notAfterMs, nowMs);
      if (daysLeft === undefined) continue;
      const text = daysLeft < 0 ? 'a certificate has expired' : 'a certificate expires soon';
      const until = new Date(notAfterMs).toISOString();
      this.#tell(daysLeft < 1 ? 'error' : 'warn', { listener, names, until, daysLeft }, text);
    }
    for (const [name, ms] of earliest) {
      this.#services.metrics.certificateExpires(listener, name, Math.floor(ms / 1000));
    }
  }

  #tell(level: 'info' | 'warn' | 'error', fields: Record<string, unknown>, text: string): void {
    if (this.#services.chores === 'here') this.#services.log[level](fields, text);
  }
}
