// Owns the relay of pipe-relay.ts as a peer.
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/helpers/process.ts';
import { type Peer, preparedFolder, runProgram } from './peer.ts';

const program = fileURLToPath(new URL('./pipe-relay.ts', import.meta.url));

export const pipe: Peer = {
  name: 'pipe',
  missing: () => undefined,
  version: async () => `Node ${process.version}`,
  async start({ upstreamPort, transport, certificates }) {
    const folder = await preparedFolder('pipe', certificates);
    const port = await freePort();
    const papers = transport === 'tls' ? [folder.path] : [];
    const args = [program, String(port), String(upstreamPort), ...papers];
    return runProgram({ command: process.execPath, args, port, folder });
  },
};
