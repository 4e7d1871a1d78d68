// Owns the plainest question to clamd: these octets, as one stream, nothing in between.
import { connect } from 'node:net';

/** The signature that clamd finds, or undefined. Throws on any answer but these two. */
export function scanRaw(socketPath: string, octets: Buffer): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const chunks: Buffer[] = [];
    const size = Buffer.alloc(4);
    size.writeUInt32BE(octets.length);
    // clamd(8), INSTREAM: <length><octets> and a length of zero as the end.
    socket.write(Buffer.concat([Buffer.from('zINSTREAM\0'), size, octets, Buffer.alloc(4)]));
    socket.setTimeout(60_000, () => socket.destroy(new Error('no answer from clamd')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', reject);
    socket.once('close', () => {
      const answer = Buffer.concat(chunks).toString('latin1');
      if (answer === 'stream: OK\0') resolve(undefined);
      const found = /^stream: (.+) FOUND\0$/.exec(answer);
      if (found?.[1] !== undefined) resolve(found[1]);
      reject(new Error(`clamd answered: ${answer}`));
    });
  });
}
