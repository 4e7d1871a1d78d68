// Owns what is noted of the TLS of a session once it has logged in, on both sides.
import type { AccountFacts, SessionFacts, TlsFacts } from '../plugin-api/context.ts';
import type { TlsUse } from '../stores/tls-uses.ts';
import type { TlsMetrics } from '../telemetry/tls-metrics.ts';
import { clientNetwork } from './logins/client-network.ts';

export interface TlsUseServices {
  /** How each listener is encrypted, by its name. */
  readonly modes: ReadonlyMap<string, TlsUse['mode']>;
  /** Undefined when there is to be no report. */
  readonly uses: { note(use: TlsUse): void } | undefined;
  readonly metrics: TlsMetrics;
}

export class TlsUseRecorder {
  readonly #services: TlsUseServices;

  constructor(services: TlsUseServices) {
    this.#services = services;
  }

  loggedIn({ client }: SessionFacts, { user, route, upstream }: AccountFacts): void {
    const { modes } = this.#services;
    // A listener may offer STLS to those who do not ask for it.
    const clientMode = client.tls === undefined ? 'none' : (modes.get(client.listener) ?? 'stls');
    this.#note({
      side: 'client',
      account: user,
      peer: clientNetwork(client.address),
      door: client.listener,
      mode: clientMode,
      ...wordsOf(client.tls),
    });
    const { host, port, tlsMode, tls } = upstream;
    this.#note({
      side: 'upstream',
      account: user,
      peer: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
      door: route,
      mode: tlsMode,
      ...wordsOf(tls),
    });
  }

  #note(use: TlsUse): void {
    const { uses, metrics } = this.#services;
    metrics.session(use.side, use.mode, use.protocol);
    uses?.note(use);
  }
}

function wordsOf(tls: TlsFacts | undefined): Pick<TlsUse, 'protocol' | 'cipher'> {
  if (tls === undefined) return { protocol: 'none', cipher: '' };
  return { protocol: tls.protocol, cipher: tls.cipher };
}
