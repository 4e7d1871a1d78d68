// Owns HAProxy as a peer: TCP mode, one thread.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../test/helpers/process.ts';
import { firstLine, missingProgram, type Peer, preparedFolder, runProgram } from './peer.ts';

export const haproxy: Peer = {
  name: 'haproxy',
  missing: () => missingProgram('haproxy', 'haproxy'),
  version: () => firstLine('haproxy', ['-v']),
  async start({ upstreamPort, transport, certificates }) {
    const folder = await preparedFolder('haproxy', certificates);
    const port = await freePort();
    const file = join(folder.path, 'haproxy.cfg');
    const isTls = transport === 'tls';
    const bind = isTls ? ` ssl crt ${folder.path}/server.pem` : '';
    const server = isTls
      ? ` ssl verify required ca-file ${folder.path}/ca.pem sni str(localhost)`
      : '';
    await writeFile(
      file,
      `global
  nbthread 1
  maxconn 9000
defaults
  mode tcp
  timeout connect 10s
  timeout client 10m
  timeout server 10m
listen pop3
  bind 127.0.0.1:${port} backlog 4096${bind}
  server source 127.0.0.1:${upstreamPort}${server}
`,
    );
    return runProgram({ command: 'haproxy', args: ['-db', '-f', file], port, folder });
  },
};
