// Owns when an administrator is warned that a certificate expires: three times for each, not every minute.

const dayMs = 86_400_000;

/** Long enough before for a letter, for a call, and for running. */
const warningDays = [21, 7, 1, 0];

export class ExpiryWarnings {
  /** The last warning of each certificate, in days. */
  readonly #warned = new Map<string, number>();

  /** Whole days that are left, when it is time to say so; negative once it has expired. */
  due(fingerprint: string, notAfterMs: number, nowMs: number): number | undefined {
    const left = (notAfterMs - nowMs) / dayMs;
    const reached = warningDays.filter((days) => left <= days).at(-1);
    if (reached === undefined || this.#warned.get(fingerprint) === reached) return undefined;
    this.#warned.set(fingerprint, reached);
    return Math.floor(left);
  }

  /** Others are shown no longer. */
  keepOnly(fingerprints: ReadonlySet<string>): void {
    for (const known of this.#warned.keys())
      if (!fingerprints.has(known)) this.#warned.delete(known);
  }
}
