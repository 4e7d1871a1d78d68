// Owns the order of servers that SRV records name (RFC 2782, RFC 6186): by priority, and among equals by
// weight, but for each mailbox always the same, since servers may differ in what a client has fetched. Pure.
import { hash } from 'node:crypto';
import { parseHost } from '../base/host-name.ts';

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export interface SrvServer {
  readonly host: string;
  readonly port: number;
}

/** RFC 2782: a target of "." says that the service is not there. What is no host is left out. */
export function orderSrv(records: readonly SrvRecord[], mailbox: string): readonly SrvServer[] {
  return records
    .flatMap(({ name, port, priority, weight }) => {
      const host = parseHost(name.replace(/\.$/, ''));
      if (host?.kind !== 'name' || port < 1) return [];
      return [{ host: host.text, port, priority, turn: turnOf(host.text, port, weight, mailbox) }];
    })
    .toSorted((one, other) => one.priority - other.priority || one.turn - other.turn)
    .map(({ host, port }) => ({ host, port }));
}

/** Weighted rendezvous: of many mailboxes, each server comes first for a part that goes by its weight. */
function turnOf(host: string, port: number, weight: number, mailbox: string): number {
  const octets = hash('sha256', `${host} ${port} ${mailbox}`, 'buffer');
  const chance = (octets.readUInt32BE(0) + 1) / 2 ** 32;
  // RFC 2782: 0 is for those that come seldom, if others are there.
  return -Math.log(chance) / Math.max(weight, 0.01);
}

/**
 * RFC 6186 s.6: DNS may lie, so the certificate has to carry the domain of the user; or the name of the
 * server, where that is below the domain.
 */
export function srvServerName(host: string, domain: string): string {
  return host.endsWith(`.${domain}`) ? host : domain;
}
