// Owns the certificates that are made on demand for the names that clients ask for: only for names that the
// listener permits, so many at a time, so many a minute, renewed before they expire.
import type { Clock } from '../../base/clock.ts';
import { isCovered } from '../../base/dns-name.ts';
import { explain } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { type ServerCertificate, toServerCertificate } from '../certificate.ts';
import { type Authority, backdateMs } from './authority.ts';
import type { IssuedRecord } from './authority-folder.ts';
import { MinuteLimit } from './minute-limit.ts';
import { isWithin } from './name-constraints.ts';

/** Names, or patterns, that a listener has certificates made for; or all that its authority may sign. */
export type MintPolicy = 'permitted' | readonly string[];

export interface MintServices {
  readonly authority: Authority;
  readonly clock: Clock;
  readonly log: Logger;
  readonly lifeMs: number;
  readonly crlUrl: string | undefined;
  record(issued: IssuedRecord): Promise<void>;
  isRevoked(serial: string): boolean;
}

interface Minted {
  readonly certificate: ServerCertificate;
  readonly serial: string;
  readonly signedAtMs: number;
  readonly renewAtMs: number;
}

const maxNames = 1000;
/** Whoever asks for name after name gets the certificate for unknown names instead. */
const maxPerMinute = 60;

export class Minter {
  readonly #services: MintServices;
  /** The name that was asked for last is the last. */
  readonly #minted = new Map<string, Minted>();
  readonly #underWay = new Map<string, Promise<ServerCertificate | undefined>>();
  readonly #newNames = new MinuteLimit(maxPerMinute);
  /** Of their own: whoever asks for ever new names keeps nobody from those that there are. */
  readonly #renewals = new MinuteLimit(maxPerMinute);

  constructor(services: MintServices) {
    this.#services = services;
  }

  /** Undefined when there is none, and none may be made. */
  find(
    name: string,
    policy: MintPolicy,
  ): ServerCertificate | Promise<ServerCertificate | undefined> | undefined {
    if (!this.#isPermitted(name, policy)) return undefined;
    const { clock, isRevoked } = this.#services;
    const known = this.#minted.get(name);
    if (known === undefined) return this.#mint(name, this.#newNames);
    if (isRevoked(known.serial)) {
      this.#minted.delete(name);
      return this.#mint(name, this.#newNames);
    }
    // Kept as the one asked for last.
    this.#minted.delete(name);
    this.#minted.set(name, known);
    const nowMs = clock.nowMs();
    // The clock was ahead, and has been set right.
    if (nowMs < known.signedAtMs - backdateMs) return this.#mint(name, this.#renewals);
    if (nowMs < known.renewAtMs) return known.certificate;
    // Who asks now need not wait for the next one; nor does it matter yet when that fails.
    const isExpired = nowMs >= known.certificate.notAfterMs;
    const renewed = this.#mint(name, this.#renewals);
    return isExpired ? renewed : known.certificate;
  }

  #isPermitted(name: string, policy: MintPolicy): boolean {
    const { permitted } = this.#services.authority;
    if (permitted !== undefined && !isWithin(name, permitted)) return false;
    if (policy === 'permitted') return permitted !== undefined;
    return policy.some((pattern) => isCovered(name, pattern));
  }

  #mint(name: string, limit: MinuteLimit): Promise<ServerCertificate | undefined> | undefined {
    const already = this.#underWay.get(name);
    if (already !== undefined) return already;
    if (!this.#mayMint(limit)) return undefined;
    const minting = this.#sign(name)
      .catch((error: unknown) => {
        const text = 'no certificate could be made for a name';
        this.#services.log.error({ serverName: name, reason: explain(error) }, text);
        return undefined;
      })
      .finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, minting);
    return minting;
  }

  #mayMint(limit: MinuteLimit): boolean {
    const answer = limit.take(this.#services.clock.monotonicMs());
    if (answer === 'first refusal') {
      const text = 'too many certificates to make: none for more names for a while';
      this.#services.log.warn({ maxPerMinute }, text);
    }
    return answer === 'taken';
  }

  async #sign(name: string): Promise<ServerCertificate> {
    const { authority, clock, lifeMs, crlUrl, record } = this.#services;
    const nowMs = clock.nowMs();
    const { serial, ...pem } = await authority.sign({ name, nowMs, lifeMs, crlUrl });
    const certificate = toServerCertificate(pem);
    // What is not on record could not be revoked.
    await record({ serial, name, fromMs: nowMs, untilMs: certificate.notAfterMs });
    const renewAtMs = nowMs + ((certificate.notAfterMs - nowMs) * 2) / 3;
    this.#minted.set(name, { certificate, serial, signedAtMs: nowMs, renewAtMs });
    const [oldest] = this.#minted.keys();
    if (this.#minted.size > maxNames && oldest !== undefined) this.#minted.delete(oldest);
    return certificate;
  }
}
