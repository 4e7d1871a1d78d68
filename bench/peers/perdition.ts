// Owns perdition as a peer: a process for each connection, no map, no lookups of names.
import { freePort } from '../../test/helpers/process.ts';
import { firstLine, missingProgram, type Peer, preparedFolder, runProgram } from './peer.ts';

export const perdition: Peer = {
  name: 'perdition',
  missing: () => missingProgram('perdition.pop3', 'perdition'),
  version: () => firstLine('perdition.pop3', ['--help']),
  async start({ upstreamPort, transport, certificates }) {
    const folder = await preparedFolder('perdition', certificates);
    const port = await freePort();
    const papers = [
      ['--ssl_mode', 'ssl_all'],
      ['--ssl_cert_file', `${folder.path}/server.crt`],
      ['--ssl_key_file', `${folder.path}/server.key`],
      ['--ssl_ca_file', `${folder.path}/ca.pem`],
      ['--ssl_ca_path', ''],
      ['--ssl_no_cn_verify'],
    ].flat();
    const args = [
      '--no_daemon',
      ['--bind_address', `127.0.0.1:${port}`],
      '--no_lookup',
      ['--outgoing_server', `127.0.0.1:${upstreamPort}`],
      ['--map_library', ''],
      ['--log_facility', '-'],
      ['--pid_file', ''],
      ['--username', 'root'],
      ['--group', 'root'],
      '--server_resp_line',
      '--tcp_keepalive',
      transport === 'tls' ? papers : [],
    ].flat();
    return runProgram({ command: 'perdition.pop3', args, port, folder });
  },
};
