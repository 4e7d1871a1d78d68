// Owns whether a listener can have its port, or has it: a port is free, held by a running Postern, or
// held by another program.
import { isAnyAddress } from '../../admin/client-settings.ts';
import { NetworkSet } from '../../base/network.ts';
import type { ListenerConfig } from '../../config/schema.ts';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import { localVersion2 } from '../../proxy-protocol/version-2.ts';
import type { ProbeRequest, ProbeResult } from '../probe.ts';
import { type Check, fail, ok, skipped, warn } from './check.ts';
import { tryToListen } from './listen-trial.ts';

export interface PortTools {
  probe(request: ProbeRequest): Promise<ProbeResult>;
}

/** It is on this machine. */
const stepLimitMs = 3000;

export function portCheck(listener: ListenerConfig, tools: PortTools): Check {
  return {
    subject: `listener ${listener.name}`,
    async *run() {
      yield await diagnose(listener, tools);
    },
  };
}

async function diagnose(listener: ListenerConfig, { probe }: PortTools): Promise<Diagnosis> {
  const { address, port, tls, banner, socket } = listener;
  if (socket !== undefined) {
    return skipped(`its socket ${socket} is handed over at the start of the service`);
  }
  const place = `${address} port ${port}`;
  const trial = await tryToListen(address, port);
  if (trial.kind === 'told') return trial.diagnosis;
  const host = isAnyAddress(address) ? loopbackOf(address) : address;
  const silence = silenceOf(listener, host);
  if (silence !== undefined) return skipped(`${place} is in use; ${silence}`);
  const answer = await probe({
    host,
    port,
    tls: tls === 'implicit' ? 'implicit' : 'none',
    trust: { rejectUnauthorized: false },
    preamble: preambleFor(listener, host),
    stepLimitMs,
  });
  if (answer.kind === 'reached') {
    return answer.greeting.startsWith(banner)
      ? ok(`${place} is held by a running Postern ("${answer.greeting}")`)
      : fail(
          `${place} is held by another POP3 server ("${answer.greeting}")`,
          'Stop that one, or take another port.',
        );
  }
  if (trial.kind === 'privileged') {
    return answer.code === 'ECONNREFUSED'
      ? ok(`${place} is free; the service needs CAP_NET_BIND_SERVICE for ports below 1024`)
      : warn(`${place}: ${answer.reason}`, 'See who holds it: ss -ltnp.');
  }
  return fail(
    `${place} is held by a program that does not answer like Postern: ${answer.reason}`,
    'See who holds it: ss -ltnp.',
  );
}

/** Why a running Postern would say nothing to a connection from here. */
function silenceOf(
  { intercept, networks, proxyProtocol }: ListenerConfig,
  host: string,
): string | undefined {
  if (intercept !== undefined) return 'it takes only connections that a firewall diverts';
  const isBalancer = proxyProtocol && new NetworkSet(proxyProtocol.from).contains(host);
  if (isBalancer === false && proxyProtocol?.others === 'refused') {
    return 'it takes only connections of load balancers';
  }
  if (networks === undefined || new NetworkSet(networks).contains(host)) return undefined;
  return 'this machine is not in the networks that it serves';
}

/** A listener that takes this machine for a load balancer waits for a header; this one says: for nobody. */
function preambleFor({ proxyProtocol }: ListenerConfig, host: string): Buffer | undefined {
  const isBalancer = proxyProtocol && new NetworkSet(proxyProtocol.from).contains(host);
  return isBalancer === true ? localVersion2 : undefined;
}

function loopbackOf(address: string): string {
  return address === '0.0.0.0' ? '127.0.0.1' : '::1';
}
