// Owns Dovecot as a proxy: one login process that serves all sessions, its high-performance mode.
import { chmod, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/helpers/process.ts';
import { firstLine, missingProgram, type Peer, preparedFolder, runProgram } from './peer.ts';

export const dovecot: Peer = {
  name: 'dovecot',
  missing: () => missingProgram('dovecot', 'dovecot-pop3d'),
  version: () => firstLine('dovecot', ['--version']),
  async start({ upstreamPort, transport, certificates }) {
    const folder = await preparedFolder('dovecot', certificates);
    // Its processes run as other users and must pass through.
    await chmod(folder.path, 0o711);
    const port = await freePort();
    const file = join(folder.path, 'dovecot.conf');
    await writeFile(file, configuration(folder.path, port, { upstreamPort, transport }));
    return runProgram({ command: 'dovecot', args: ['-F', '-c', file], port, folder });
  },
};

function configuration(
  folder: string,
  port: number,
  { upstreamPort, transport }: { upstreamPort: number; transport: 'plain' | 'tls' },
): string {
  const { uid, username } = userInfo();
  const ownUser =
    uid === 0
      ? ''
      : `default_login_user = ${username}
default_internal_user = ${username}
default_internal_group =`;
  const isTls = transport === 'tls';
  // Login processes leave ssl_client_ca_file out of account: they may be unable to read it.
  const tls = isTls
    ? `ssl = required
ssl_cert = <${folder}/server.crt
ssl_key = <${folder}/server.key
ssl_ca = <${folder}/ca.pem
ssl_require_crl = no`
    : 'ssl = no';
  // The name in the certificate is localhost; hostip spares the lookup.
  const upstream = isTls ? 'host=localhost hostip=127.0.0.1 ssl=yes' : 'host=127.0.0.1';
  return `protocols = pop3
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
disable_plaintext_auth = no
auth_mechanisms = plain
${ownUser}
${tls}
passdb {
  driver = static
  args = nopassword=y proxy=y ${upstream} port=${upstreamPort}
}
service anvil {
  chroot =
  client_limit = 10000
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  client_limit = 10000
}
service pop3-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  process_limit = 1
  client_limit = 9000
  inet_listener pop3 {
    port = ${isTls ? 0 : port}
  }
  inet_listener pop3s {
    port = ${isTls ? port : 0}
    ssl = yes
  }
}
`;
}
