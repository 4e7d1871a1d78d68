// Owns the configurations of the proxies under fault injection: short deadlines, little room, a chain in
// which everything may be asked of the message. None of them lets pass what another one keeps back.
import { judgePolicy } from './faulty-plugin.ts';

// Shorter than any client's patience, longer than a busy machine needs.
const waitsFor = '1500ms';

/** What may differ from one configuration to the next. */
export interface Variant {
  readonly port: number;
  readonly clamdPorts: readonly number[];
  readonly quarantine: string;
  readonly spool: string;
  readonly number: number;
  readonly strategy: 'spread' | 'first';
  readonly onVirus: 'replace' | 'hold';
  readonly headerBudget: number;
}

export function configurationOf(variant: Variant): {
  readonly plugins: readonly object[];
  readonly settings: Readonly<Record<string, object>>;
} {
  const host = '127.0.0.1';
  return {
    plugins: [
      { use: './faulty.mjs', timeout: '700ms', policy: judgePolicy },
      { use: './late.mjs', timeout: '40s' },
      {
        use: 'clamav',
        timeout: '20s',
        on_block: variant.onVirus,
        options: {
          servers: variant.clamdPorts.map((port) => ({ host, port })),
          strategy: variant.strategy,
          connect_timeout: '1s',
          scan_timeout: waitsFor,
        },
      },
      {
        use: 'header-rewrite',
        options: { add: [{ name: 'X-Configuration', value: String(variant.number) }] },
      },
    ],
    settings: {
      routes: [routeTo(variant.port)],
      quarantine: { folder: variant.quarantine },
      spool: { folder: variant.spool },
      digest: { enabled: true, every: '1m' },
      limits: { memory_per_message: '16KB', delivery_stall: waitsFor },
      sizes: { header_budget: variant.headerBudget },
      verdict_cache: { max_entries: 50 },
    },
  };
}

export function routeTo(port: number): object {
  const timeouts = { connect: '5s', login: '5s', reply: waitsFor };
  const upstream = { host: '127.0.0.1', port, tls: 'none', allow_plaintext_login: true };
  // The relay learns whose connection it is from USER.
  return { name: 'test', upstream: { ...upstream, login: 'user-pass' }, timeouts };
}
