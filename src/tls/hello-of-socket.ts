// Owns looking at the first message of a client and putting it back: whoever takes the socket next finds it
// as if nobody had looked.
import type { Socket } from 'node:net';
import { AppError } from '../base/errors.ts';
import { HelloReader } from './client-hello.ts';

/** The name that the client asks for. Rejects when the client leaves before it has said so. */
export function askedName(socket: Socket): Promise<string | undefined> {
  const reader = new HelloReader();
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const end = (): void => {
      socket.off('readable', read);
      socket.off('end', gone);
      socket.off('close', gone);
      socket.off('error', gone);
    };
    const gone = (cause?: unknown): void => {
      end();
      const facts = { fault: 'client', publicText: 'TLS handshake failed', cause } as const;
      reject(new AppError('TLS_FAILED', facts));
    };
    const read = (): void => {
      for (let chunk = take(socket); chunk !== undefined; chunk = take(socket)) {
        chunks.push(chunk);
        const reading = reader.push(chunk);
        if (reading.kind === 'incomplete') continue;
        end();
        socket.unshift(chunks.length === 1 ? chunk : Buffer.concat(chunks));
        resolve(reading.kind === 'hello' ? reading.serverName : undefined);
        return;
      }
    };
    if (socket.destroyed || socket.readableEnded) return gone();
    socket.on('readable', read);
    socket.once('end', gone);
    socket.once('close', gone);
    socket.once('error', gone);
  });
}

function take(socket: Socket): Buffer | undefined {
  return (socket.read() as Buffer | null) ?? undefined;
}
