// Owns Postern as a peer, without plugins, with the default chain, with that in two processes, and with a
// virus scanner before it.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { clamdMissing } from '../../test/helpers/clamd.ts';
import { freePort } from '../../test/helpers/process.ts';
import { type Peer, type PeerOptions, preparedFolder, runProgram } from './peer.ts';

/** Another checkout may be measured instead: `POSTERN_CHECKOUT`. */
export const checkout = resolve(
  process.env['POSTERN_CHECKOUT'] ?? join(import.meta.dirname, '..', '..'),
);

const defaultChain: readonly object[] = [
  { use: 'audit-log', options: { file: './audit.jsonl' } },
  { use: 'mime-ambiguity' },
  { use: 'attachment-policy' },
  { use: 'spam' },
  { use: 'header-rewrite' },
];

const postern: Peer = {
  name: 'postern',
  missing: () => undefined,
  version: async () => `Node ${process.version}`,
  start: (options) => startPostern(options, []),
};

const posternDefault: Peer = {
  ...postern,
  name: 'postern-default',
  start: (options) => startPostern(options, defaultChain),
};

const posternClamav: Peer = {
  ...postern,
  name: 'postern-clamav',
  missing: clamdMissing,
  start: (options) => {
    const { clamdSocket } = options;
    if (clamdSocket === undefined) throw new Error('there is no clamd in this scenario');
    const clamav = { use: 'clamav', timeout: '5m', options: { socket: clamdSocket } };
    return startPostern(options, [clamav, ...defaultChain]);
  },
};

const posternTwoWorkers: Peer = {
  ...postern,
  name: 'postern-2-workers',
  missing: () => {
    // A checkout from before that would refuse the key.
    const schema = readFileSync(join(checkout, 'src/config/schema.ts'), 'utf8');
    return /\bworkers:/.test(schema) ? undefined : 'this Postern is one process';
  },
  start: (options) => startPostern(options, defaultChain, { workers: 2 }),
};

export const posternPeers: readonly Peer[] = [
  postern,
  posternDefault,
  posternTwoWorkers,
  posternClamav,
];

async function startPostern(options: PeerOptions, plugins: readonly object[], more: object = {}) {
  const { upstreamPort, transport, certificates, messages, nodeFlags } = options;
  const folder = await preparedFolder('postern', certificates);
  const port = await freePort();
  const file = join(folder.path, 'postern.yaml');
  const isTls = transport === 'tls';
  const config = {
    listeners: [
      {
        name: 'pop3',
        address: '127.0.0.1',
        port,
        tls: isTls ? 'implicit' : 'none',
        max_sessions: 9000,
        ...(isTls ? { certificate: { cert: './server.crt', key: './server.key' } } : {}),
      },
    ],
    routes: [
      {
        name: 'source',
        upstream: {
          host: '127.0.0.1',
          port: upstreamPort,
          tls: isTls ? 'implicit' : 'none',
          ...(isTls
            ? { ca: './ca.pem', server_name: 'localhost' }
            : { allow_plaintext_login: true }),
        },
      },
    ],
    limits: { max_sessions: 9000, max_sessions_per_address: 9000, max_message: '2GB' },
    spool: { folder: '.' },
    log: { format: 'json' },
    ...(messages === 'repeated' ? { verdict_cache: { max_entries: 0 } } : {}),
    plugins,
    ...more,
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config, undefined, 2));
  const main = join(checkout, 'src/cli/main.ts');
  return runProgram({
    command: process.execPath,
    args: [...nodeFlags, main, 'serve', '--config', file],
    port,
    folder,
  });
}
