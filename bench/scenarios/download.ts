// Owns the scenario download: what small messages cost on their way through.
import type { Bench, Transport } from '../harness/bench.ts';
import type { Row, Table, Target } from '../harness/report.ts';
import { measureSessions, type SessionWork } from '../harness/session-table.ts';
import { ratioTarget } from '../harness/targets.ts';
import { everybody, messageOctets, type Scenario } from './scenario.ts';

export const download: Scenario = {
  name: 'download',
  summary: 'a login and 20 messages of 8 KB; 20 connections at a time',
  run: async (bench) => [
    await downloadTable(bench, { name: 'download', transport: 'plain', targets }),
  ],
};

interface Variant {
  readonly name: string;
  readonly transport: Transport;
  targets(rows: readonly Row[]): Target[];
}

export function downloadTable(
  bench: Bench,
  { name, transport, targets: wanted }: Variant,
): Promise<Table> {
  const legs = transport === 'tls' ? ', TLS on both legs' : '';
  return measureSessions(bench, {
    name,
    title: `a login and 20 messages of 8 KB; 20 connections at a time${legs}`,
    transport,
    peers: everybody,
    work: downloadWork(bench, transport),
    rounds: bench.rounds({ quick: 3, full: 7 }),
    warmUps: 1,
    unit: 'session',
    main: 'cpu',
    bases: ['dovecot', 'pipe'],
    targets: wanted,
  });
}

export function downloadWork(bench: Bench, transport: Transport): SessionWork {
  const sessions =
    transport === 'tls'
      ? bench.sized({ quick: 60, full: 400 })
      : bench.sized({ quick: 100, full: 600 });
  return {
    script: 'download',
    messages: 20,
    messageOctets,
    sessions,
    concurrency: 20,
    users: 'fresh',
    deadlineMs: 120_000,
  };
}

function targets(rows: readonly Row[]): Target[] {
  const of = (peer: string, base: string, atMost: number): Target =>
    ratioTarget(rows, { figure: 'cpu', peer, base, atMost });
  return [
    of('postern', 'dovecot', 1.2),
    of('postern-default', 'dovecot', 3),
    of('postern', 'perdition', 0.5),
    of('postern-default', 'perdition', 0.5),
  ];
}
