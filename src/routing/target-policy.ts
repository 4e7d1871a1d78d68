// Owns which servers a session may go to when it was not the administrator who named them. Pure: names
// become addresses in lookups/guarded-lookup.ts, which asks here again.
import { AppError } from '../base/errors.ts';
import { isQualified, parseHost } from '../base/host-name.ts';
import { isOneAddress, NetworkSet } from '../base/network.ts';
import { embeddedAddresses, isSpecial, purposeOf } from '../base/special-networks.ts';
import type { RouteConfig } from '../config/schema.ts';

/** Who chose a target. */
export type TargetOrigin = 'configuration' | 'login name' | 'intercepted' | 'lookup';

/** Words for logs and metrics. */
export type ForbiddenReason = 'syntax' | 'port' | 'not listed' | 'not public';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export class TargetPolicy {
  readonly #ports: ReadonlySet<number>;
  readonly #names: ReadonlySet<string>;
  /** With their first dot. */
  readonly #parents: ReadonlySet<string>;
  readonly #listed: NetworkSet;
  /** Those of the listed networks that are special themselves. */
  readonly #opened: NetworkSet;
  /** Listed by themselves. */
  readonly #alone: NetworkSet;
  readonly #isOwn: (address: string) => boolean;

  /** `isOwn` knows the addresses of this machine, where a session would come back to its beginning. */
  constructor(
    { names, networks, ports }: RouteConfig['targets'],
    isOwn: (address: string) => boolean = () => false,
  ) {
    this.#ports = new Set(ports);
    this.#names = new Set(names);
    this.#parents = new Set(
      names.flatMap((name) => (name.startsWith('*.') ? [name.slice(1)] : [])),
    );
    this.#listed = new NetworkSet(networks);
    this.#opened = new NetworkSet(networks.filter(isSpecial));
    this.#alone = new NetworkSet(networks.filter(isOneAddress));
    this.#isOwn = isOwn;
  }

  /**
   * The target as it is to be connected to, its host in the one form that it has. Throws
   * TARGET_FORBIDDEN. What the configuration itself names is returned as it is.
   */
  check<Target extends HostPort>(target: Target, origin: TargetOrigin): Target {
    if (origin === 'configuration') return target;
    const host = parseHost(target.host);
    if (host === undefined) throw forbidden(target, 'syntax', { origin });
    if (!this.#ports.has(target.port)) throw forbidden(target, 'port', { origin });
    if (host.kind === 'name') {
      if (!this.#isListedName(host.text)) throw forbidden(target, 'not listed', { origin });
    } else {
      if (!this.#listed.contains(host.text)) throw forbidden(target, 'not listed', { origin });
      const purpose = this.closedPurpose(host.text);
      if (purpose !== undefined) throw forbidden(target, 'not public', { origin, purpose });
    }
    return { ...target, host: host.text };
  }

  /** What is special about an address that nobody may be led to; undefined for one that may be used. */
  closedPurpose(address: string): string | undefined {
    const purpose = purposeOf(address);
    if (purpose !== undefined && !this.#opened.contains(address)) return purpose;
    // Loopback is nothing but this machine, and whoever has opened it knows.
    if (purpose !== 'loopback' && this.#isOwn(address) && !this.#alone.contains(address)) {
      return 'this machine';
    }
    for (const inner of embeddedAddresses(address)) {
      const innerPurpose = this.closedPurpose(inner);
      if (innerPurpose !== undefined) return innerPurpose;
    }
    return undefined;
  }

  #isListedName(name: string): boolean {
    if (this.#names.has(name)) return true;
    if (this.#names.has('*') && isQualified(name)) return true;
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      if (this.#parents.has(name.slice(dot))) return true;
    }
    return false;
  }
}

const shownLength = 100;

/** The client is told nothing of what is behind the proxy. */
export function forbidden(
  { host, port }: HostPort,
  reason: ForbiddenReason,
  facts: Readonly<Record<string, unknown>> = {},
): AppError {
  return new AppError('TARGET_FORBIDDEN', {
    fault: 'client',
    publicText: 'this mail server may not be used from here',
    responseCode: 'SYS/PERM',
    details: { target: `${host.slice(0, shownLength)} port ${port}`, reason, ...facts },
  });
}
