// Owns reports made up for the tests of the bench.
import type { Report, Row, Table } from '../../bench/harness/report.ts';
import { summarise } from '../../bench/harness/statistics.ts';

export function rowOf(peer: string, samples: Readonly<Record<string, readonly number[]>>): Row {
  const figures = Object.entries(samples).map(([key, values]) => [key, summarise(values)] as const);
  return { peer, figures: Object.fromEntries(figures) };
}

export function tableOf(rows: readonly Row[]): Table {
  return {
    name: 'login',
    title: 'logins',
    figures: [
      { key: 'cpu', title: 'CPU', unit: 'ms' },
      { key: 'rate', title: 'rate', unit: '/s' },
    ],
    main: 'cpu',
    bases: ['dovecot'],
    rows,
    targets: [],
  };
}

export function reportOf(tables: readonly Table[]): Report {
  return {
    format: 1,
    takenAt: '2026-11-02T10:00:00.000Z',
    size: 'quick',
    loadBefore: 0.1,
    machine: {
      processor: 'a processor',
      cores: 2,
      memoryMb: 8192,
      kernel: '6.1',
      node: 'v24.0.0',
      peers: { dovecot: '2.3' },
    },
    tables,
  };
}
