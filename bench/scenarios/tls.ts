// Owns the scenario tls: login and download with TLS on both legs, every session with a handshake of its own.
import type { Row, Target } from '../harness/report.ts';
import { ratioTarget } from '../harness/targets.ts';
import { downloadTable } from './download.ts';
import { loginTable } from './login.ts';
import type { Scenario } from './scenario.ts';

export const tls: Scenario = {
  name: 'tls',
  summary: 'login and download with TLS on both legs',
  run: async (bench) => [
    await loginTable(bench, {
      name: 'tls-login',
      transport: 'tls',
      targets: (rows) => [ofDovecot(rows, 'postern', 1), ofPerdition(rows, 'postern')],
    }),
    await downloadTable(bench, {
      name: 'tls-download',
      transport: 'tls',
      targets: (rows) => [
        ofDovecot(rows, 'postern', 1.2),
        ofDovecot(rows, 'postern-default', 3),
        ofPerdition(rows, 'postern-default'),
      ],
    }),
  ],
};

function ofDovecot(rows: readonly Row[], peer: string, atMost: number): Target {
  return ratioTarget(rows, { figure: 'cpu', peer, base: 'dovecot', atMost });
}

function ofPerdition(rows: readonly Row[], peer: string): Target {
  return ratioTarget(rows, { figure: 'cpu', peer, base: 'perdition', atMost: 0.5 });
}
