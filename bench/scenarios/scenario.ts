// Owns what a scenario is: a name for the command line and a way to its tables.
import type { Bench } from '../harness/bench.ts';
import type { Table } from '../harness/report.ts';

export interface Scenario {
  readonly name: string;
  /** One line for the list of scenarios. */
  readonly summary: string;
  run(bench: Bench): Promise<Table[]>;
}

export const proxies = ['haproxy', 'nginx', 'dovecot', 'perdition', 'pipe'] as const;
export const everybody = ['direct', ...proxies, 'postern', 'postern-default'] as const;
export const messageOctets = 8192;
