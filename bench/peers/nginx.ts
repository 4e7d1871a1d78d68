// Owns nginx's mail proxy as a peer: one worker. The process that it asks at every login is counted apart.

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/helpers/process.ts';
import { startHelper } from '../harness/helper-process.ts';
import type { AuthRequest } from './nginx-auth-process.ts';
import { firstLine, missingProgram, type Peer, preparedFolder, runProgram } from './peer.ts';

const mailModule = '/usr/lib/nginx/modules/ngx_mail_module.so';
const authProcess = new URL('./nginx-auth-process.ts', import.meta.url);

export const nginx: Peer = {
  name: 'nginx',
  missing(transport) {
    // ngx_mail_proxy_module cannot encrypt towards the server.
    if (transport === 'tls') return 'no TLS towards the mail server';
    if (!existsSync(mailModule)) return 'libnginx-mod-mail is not installed';
    return missingProgram('nginx', 'nginx-light');
  },
  version: () => firstLine('nginx', ['-v']),
  async start({ upstreamPort, certificates }) {
    const folder = await preparedFolder('nginx', certificates);
    const auth = startHelper<AuthRequest, { readonly port: number }>(authProcess);
    const port = await freePort();
    const { port: authPort } = await auth.ask({ upstreamPort });
    const file = join(folder.path, 'nginx.conf');
    await writeFile(file, configuration(folder.path, port, authPort));
    return runProgram({
      command: 'nginx',
      args: ['-c', file, '-p', folder.path],
      port,
      folder,
      helperPids: [auth.pid],
      release: () => auth[Symbol.asyncDispose](),
    });
  },
};

function configuration(folder: string, port: number, authPort: number): string {
  return `load_module ${mailModule};
${userInfo().uid === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
error_log ${folder}/log info;
events {
  worker_connections 19000;
}
mail {
  auth_http 127.0.0.1:${authPort}/auth;
  proxy_pass_error_message on;
  proxy_timeout 10m;
  timeout 10m;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    protocol pop3;
    pop3_auth plain;
  }
}
`;
}
