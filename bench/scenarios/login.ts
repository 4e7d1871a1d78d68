// Owns the scenario login: what it costs that somebody looks whether there is mail.
import type { Bench, Transport } from '../harness/bench.ts';
import type { Row, Table, Target } from '../harness/report.ts';
import { measureSessions, type SessionWork } from '../harness/session-table.ts';
import { ratioTarget } from '../harness/targets.ts';
import { everybody, messageOctets, type Scenario } from './scenario.ts';

export const login: Scenario = {
  name: 'login',
  summary: 'connect, USER, PASS, STAT, QUIT; 50 connections at a time',
  run: async (bench) => [await loginTable(bench, { name: 'login', transport: 'plain', targets })],
};

interface Variant {
  readonly name: string;
  readonly transport: Transport;
  targets(rows: readonly Row[]): Target[];
}

export function loginTable(
  bench: Bench,
  { name, transport, targets: wanted }: Variant,
): Promise<Table> {
  const legs = transport === 'tls' ? ', TLS on both legs' : '';
  return measureSessions(bench, {
    name,
    title: `connect, USER, PASS, STAT, QUIT; 50 connections at a time${legs}`,
    transport,
    peers: everybody,
    work: loginWork(bench, transport),
    rounds: bench.rounds({ quick: 3, full: 7 }),
    warmUps: 1,
    unit: 'session',
    main: 'cpu',
    bases: ['dovecot', 'pipe'],
    targets: wanted,
  });
}

export function loginWork(bench: Bench, transport: Transport): SessionWork {
  const sessions =
    transport === 'tls'
      ? bench.sized({ quick: 200, full: 1000 })
      : bench.sized({ quick: 600, full: 3000 });
  return {
    script: 'login',
    messages: 20,
    messageOctets,
    sessions,
    concurrency: 50,
    users: 'few',
    deadlineMs: 120_000,
  };
}

function targets(rows: readonly Row[]): Target[] {
  const of = (base: string, atMost: number): Target =>
    ratioTarget(rows, { figure: 'cpu', peer: 'postern', base, atMost });
  return [of('dovecot', 1), of('nginx', 1), of('perdition', 0.5)];
}
