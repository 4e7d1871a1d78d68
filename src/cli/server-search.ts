// Owns the search for a POP3 server: which places are tried for an address, and in which order.
import type { ProbeRequest, ProbeResult } from './probe.ts';

export type TlsMode = ProbeRequest['tls'];

export interface FoundServer {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  readonly answer: Extract<ProbeResult, { kind: 'reached' }>;
}

export interface SearchRequest {
  readonly hosts: readonly string[];
  /** Undefined tries the usual one of each kind of encryption. */
  readonly port: number | undefined;
  /** Undefined tries all, the safest first. */
  readonly tls: TlsMode | undefined;
  readonly ca: string | undefined;
  readonly stepLimitMs: number;
}

export type Probe = (request: ProbeRequest) => Promise<ProbeResult>;

const usualPorts = { implicit: 995, stls: 110, none: 110 } as const;

/** Hosts worth asking for `user@example.net` or `example.net`, the likeliest first. */
export function candidateHosts(mailAddressOrHost: string): string[] {
  const at = mailAddressOrHost.lastIndexOf('@');
  if (at === -1) return [mailAddressOrHost];
  const domain = mailAddressOrHost.slice(at + 1).toLowerCase();
  return [`pop.${domain}`, `pop3.${domain}`, `mail.${domain}`, domain];
}

export function usualPort(tls: TlsMode): number {
  return usualPorts[tls];
}

/** The first host that answers with the best encryption; `note` hears of every attempt that failed. */
export async function findServer(
  request: SearchRequest,
  probe: Probe,
  note: (text: string) => void,
): Promise<FoundServer | undefined> {
  const modes: readonly TlsMode[] =
    request.tls === undefined ? ['implicit', 'stls', 'none'] : [request.tls];
  for (const tls of modes) {
    const port = request.port ?? usualPorts[tls];
    const answers = await Promise.all(
      request.hosts.map(async (host) => {
        const { ca, stepLimitMs } = request;
        const trust = ca === undefined ? {} : { ca };
        const place = { host, port, tls, stepLimitMs, trust };
        return { host, answer: await probe(place) };
      }),
    );
    for (const { host, answer } of answers) {
      if (answer.kind === 'reached') return { host, port, tls, answer };
      note(`  ${host} port ${port} (${describeTls(tls)}): ${answer.reason}`);
    }
  }
  return undefined;
}

export function describeTls(tls: TlsMode): string {
  return { implicit: 'TLS', stls: 'STLS', none: 'no encryption' }[tls];
}
