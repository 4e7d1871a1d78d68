// Owns the rules of automatic configuration that concern listeners and domains at once.
import type { z } from 'zod';

interface Listener {
  readonly name: string;
  readonly port: number;
  readonly tls: 'none' | 'stls' | 'implicit';
  readonly intercept?: string | undefined;
  readonly announce: {
    readonly host: string | undefined;
    readonly port: number | undefined;
    readonly tls: 'none' | 'stls' | 'implicit' | undefined;
  };
}

interface Checked {
  readonly listeners: readonly Listener[];
  readonly autoconfig?:
    | {
        readonly certificateOf: string | undefined;
        readonly domains: readonly {
          readonly names: readonly string[];
          readonly listeners?: readonly string[] | undefined;
        }[];
      }
    | undefined;
}

/** Whether mail programs are told of it where nobody names listeners. */
export function isTold(listener: Omit<Listener, 'name'>): boolean {
  const { tls, intercept, announce, port } = listener;
  const hasPort = port !== 0 || announce.port !== undefined;
  const isEncrypted = (announce.tls ?? tls) !== 'none';
  return isEncrypted && intercept === undefined && announce.host !== undefined && hasPort;
}

export function checkAutoconfig(
  { listeners, autoconfig }: Checked,
  context: z.RefinementCtx,
): void {
  if (autoconfig === undefined) return;
  const report = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path: ['autoconfig', ...path], message });
  };
  const byName = new Map(listeners.map((listener) => [listener.name, listener]));
  const known = [...byName.keys()].join(', ');
  const { certificateOf, domains } = autoconfig;
  if (certificateOf !== undefined && (byName.get(certificateOf)?.tls ?? 'none') === 'none') {
    report(['certificate_of'], 'expected the name of a listener with TLS');
  }
  const seen = new Set<string>();
  for (const [index, domain] of domains.entries()) {
    for (const [position, name] of domain.names.entries()) {
      if (seen.has(name)) {
        report(
          ['domains', index, 'names', position],
          `expected each domain once, got ${name} again`,
        );
      }
      seen.add(name);
    }
    for (const [position, name] of (domain.listeners ?? []).entries()) {
      const problem = problemOf(byName.get(name), known);
      if (problem !== undefined) report(['domains', index, 'listeners', position], problem);
    }
    if (domain.listeners === undefined && !listeners.some(isTold)) {
      const message =
        'expected a listener with TLS and announce.host, which mail programs can be told';
      report(['domains', index], message);
    }
  }
}

function problemOf(listener: Listener | undefined, known: string): string | undefined {
  if (listener === undefined) return `expected the name of a listener (${known})`;
  const { name, announce, port, intercept } = listener;
  if (intercept !== undefined) {
    return `expected another listener: ${name} takes only connections that a firewall diverts`;
  }
  if (announce.host === undefined) {
    return `expected announce.host of listener ${name}: mail programs need a name to connect to`;
  }
  if (port === 0 && announce.port === undefined) {
    return `expected announce.port of listener ${name}: its own port is another one at each start`;
  }
  return undefined;
}
