// Owns what upstreams have announced and for how long that is believed. What is said before a login and
// after it is kept apart: RFC 2449 s.5 lets the one differ from the other. Nothing is learnt from before
// a TLS handshake (RFC 2595 s.4).
import type { Clock } from '../base/clock.ts';
import type { UpstreamCapabilities } from '../pop3/capability.ts';

/** Short enough that a server that was changed is noticed, long enough that hardly any login asks. */
const believedMs = 600_000;

interface Learnt {
  readonly capabilities: UpstreamCapabilities;
  readonly atMs: number;
}

export class KnownUpstream {
  readonly #clock: Clock;
  #before: Learnt | undefined;
  #after: Learnt | undefined;
  #found: UpstreamCapabilities | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined when it has to be asked. */
  get beforeLogin(): UpstreamCapabilities | undefined {
    return this.#believed(this.#before);
  }

  /** Undefined when it has to be asked, as always where each user may be told something else. */
  get afterLogin(): UpstreamCapabilities | undefined {
    const before = this.beforeLogin;
    const after = this.#believed(this.#after);
    if (before === undefined || after === undefined) return undefined;
    return isForEverybody(before, after) ? after : undefined;
  }

  /** What the last login has found, however long ago; for those who have nothing better. */
  get found(): UpstreamCapabilities | undefined {
    return this.#found;
  }

  announcedBeforeLogin(capabilities: UpstreamCapabilities): void {
    this.#before = { capabilities, atMs: this.#clock.monotonicMs() };
  }

  announcedAfterLogin(capabilities: UpstreamCapabilities): void {
    this.#after = { capabilities, atMs: this.#clock.monotonicMs() };
  }

  /** UIDL is found by trial and may differ from what was announced. */
  foundAfterLogin(capabilities: UpstreamCapabilities): void {
    this.#found = capabilities;
  }

  /** The next login asks for everything again. */
  forget(): void {
    this.#before = undefined;
    this.#after = undefined;
  }

  #believed(learnt: Learnt | undefined): UpstreamCapabilities | undefined {
    if (learnt === undefined) return undefined;
    return this.#clock.monotonicMs() - learnt.atMs < believedMs ? learnt.capabilities : undefined;
  }
}

/** RFC 2449 s.6.5 and 6.7: after USER before login, or out of nothing, comes the value of this user. */
function isForEverybody(before: UpstreamCapabilities, after: UpstreamCapabilities): boolean {
  const areSame = before.expire === after.expire && before.loginDelay === after.loginDelay;
  return areSame && !isOfUser(after.expire) && !isOfUser(after.loginDelay);
}

function isOfUser(value: string | undefined): boolean {
  return value?.endsWith('USER') === true;
}

/** More than a configuration names; clients may lead to any number where it lets them. */
const maxKnown = 1_000;

/** By name of the upstream. The longest unused is forgotten first: no client drives out what others use. */
export class KnownUpstreams {
  readonly #clock: Clock;
  readonly #known = new Map<string, KnownUpstream>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(name: string): KnownUpstream {
    const known = this.#known.get(name) ?? new KnownUpstream(this.#clock);
    // Last in the map again.
    this.#known.delete(name);
    this.#known.set(name, known);
    if (this.#known.size > maxKnown) this.#forgetOldest();
    return known;
  }

  /** What the last login there has found; undefined before the first. */
  get(name: string): UpstreamCapabilities | undefined {
    return this.#known.get(name)?.found;
  }

  #forgetOldest(): void {
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}
