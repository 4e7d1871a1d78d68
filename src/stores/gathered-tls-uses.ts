// Owns the uses of TLS that are not yet written: a login adds a number in memory, and all are written
// together every few seconds. A power failure costs those seconds.
import type { Clock, Timer } from '../base/clock.ts';
import { explain } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { TlsUse, TlsUseLimits, TlsUses } from './tls-uses.ts';

const writeEveryMs = 10_000;
const trimEveryMs = 300_000;
/** More different ones than that are written before their time. */
const maxGathered = 1000;

interface Gathered {
  sessions: number;
  readonly firstMs: number;
  lastMs: number;
  readonly use: TlsUse;
}

export class GatheredTlsUses {
  readonly #uses: TlsUses;
  readonly #clock: Clock;
  readonly #log: Logger;
  #limits: TlsUseLimits;
  #gathered = new Map<string, Gathered>();
  #timer: Timer | undefined;
  #trimmedAtMs: number | undefined;

  constructor(
    uses: TlsUses,
    limits: TlsUseLimits,
    { clock, log }: { readonly clock: Clock; readonly log: Logger },
  ) {
    this.#uses = uses;
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
  }

  setLimits(limits: TlsUseLimits): void {
    this.#limits = limits;
  }

  note(use: TlsUse): void {
    const { side, account, peer, door, mode, protocol, cipher } = use;
    // None of them can hold a NUL: names are printable, the others are words of OpenSSL or our own.
    const key = `${side}\0${account}\0${peer}\0${door}\0${mode}\0${protocol}\0${cipher}`;
    const nowMs = this.#clock.nowMs();
    const known = this.#gathered.get(key);
    if (known === undefined) {
      this.#gathered.set(key, { use, sessions: 1, firstMs: nowMs, lastMs: nowMs });
      if (this.#gathered.size >= maxGathered) this.#write();
    } else {
      known.sessions += 1;
      known.lastMs = nowMs;
    }
    this.#timer ??= this.#clock.after(writeEveryMs, () => this.#write());
  }

  close(): void {
    this.#write();
    this.#uses.close();
  }

  /** What cannot be written is lost: the report is worth no session. */
  #write(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#gathered.size === 0) return;
    const gathered = [...this.#gathered.values()];
    this.#gathered = new Map();
    try {
      this.#uses.add(gathered.map(({ use, ...counts }) => ({ ...use, ...counts })));
      this.#trim();
    } catch (error) {
      const facts = { lost: gathered.length, reason: explain(error) };
      this.#log.error(facts, 'the record of TLS could not be written');
    }
  }

  #trim(): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#trimmedAtMs !== undefined && nowMs < this.#trimmedAtMs + trimEveryMs) return;
    this.#trimmedAtMs = nowMs;
    this.#uses.trim(this.#limits);
  }
}
