// Owns the folder that a demo works in: its names, certificates and configuration file. It starts
// nothing.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSelfSigned, type PemPair } from '../tls/self-signed.ts';
import type { ClamdAddress } from './clamd-probe.ts';
import { stamp } from './verification.ts';

/** Name in both certificates; both are for this machine only. */
export const serverName = 'localhost';
export const listenerName = 'demo';

export interface DemoPaths {
  readonly configFile: string;
  readonly auditFile: string;
  readonly quarantineFolder: string;
  readonly quarantineKeyFile: string;
  readonly logFile: string;
}

export function demoPaths(folder: string): DemoPaths {
  return {
    configFile: join(folder, 'postern.yaml'),
    auditFile: join(folder, 'audit.jsonl'),
    quarantineFolder: join(folder, 'quarantine'),
    quarantineKeyFile: join(folder, 'quarantine.key'),
    logFile: join(folder, 'postern.log'),
  };
}

export interface DemoCertificates {
  /** Shown by the sample mailbox; the proxy trusts this one alone. */
  readonly upstream: PemPair;
  /** Shown by the proxy; the demo's client trusts this one alone. */
  readonly listener: PemPair;
}

export async function createCertificates(): Promise<DemoCertificates> {
  const make = (commonName: string): Promise<PemPair> =>
    createSelfSigned({ commonName, dnsNames: [serverName], ipAddresses: [], days: 2 });
  return { upstream: await make('sample mailbox'), listener: await make('postern demo') };
}

export interface DemoSetup {
  readonly certificates: DemoCertificates;
  readonly upstream: { readonly address: string; readonly port: number };
  readonly clamd: ClamdAddress | undefined;
}

/** Writes everything that the proxy reads. */
export async function writeSetup(folder: string, setup: DemoSetup): Promise<void> {
  const { upstream, listener } = setup.certificates;
  await Promise.all(
    Object.entries({
      'upstream-ca.pem': upstream.certPem,
      'listener-cert.pem': listener.certPem,
      'listener-key.pem': listener.keyPem,
      'postern.yaml': configText(setup),
    }).map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600, flag: 'wx' })),
  );
}

export function configText({ upstream, clamd }: Omit<DemoSetup, 'certificates'>): string {
  return `# Written by "postern demo". Both legs use TLS with full verification.
listeners:
  - name: ${listenerName}
    address: 127.0.0.1
    port: 0
    tls: implicit
    certificate:
      cert: ./listener-cert.pem
      key: ./listener-key.pem

routes:
  - name: sample-mailbox
    upstream:
      host: ${upstream.address}
      port: ${upstream.port}
      tls: implicit
      ca: ./upstream-ca.pem
      server_name: ${serverName}

plugins:
  - use: audit-log
    options:
      file: ./audit.jsonl
  - use: attachment-policy
  - use: spam-rules
  - use: spam
${clamd === undefined ? '' : clamavText(clamd)}  - use: header-rewrite
    options:
      # Whoever claimed this before is not believed.
      remove: [${stamp.name}]
      add:
        - name: ${stamp.name}
          value: ${stamp.value}

quarantine:
  folder: ./quarantine
  key_file: ./quarantine.key
`;
}

function clamavText(clamd: ClamdAddress): string {
  // JSON is YAML, and quotes whatever a path may contain.
  const socket = JSON.stringify(
    clamd.kind === 'unix' ? clamd.path : { host: clamd.host, port: clamd.port },
  );
  return `  - use: clamav
    options:
      socket: ${socket}
      # This clamd may accept less than the largest sample.
      oversize: flag
`;
}
