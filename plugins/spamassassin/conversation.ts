// Owns one question and one answer on a connected socket, which is destroyed afterwards: spamd takes one
// question for each connection. It never decides what an answer means.
import type { Socket } from 'node:net';
import { ServerFailure } from '#plugin-api';

export interface Question {
  readonly head: string;
  /**
   * What follows the head, as long as it says. It ends with the end of a line: spamd reads by lines, and
   * would wait for it. Closing our side of the connection would tell it as well, but not over TLS, where
   * it breaks the connection instead.
   */
  readonly content: AsyncIterable<Buffer> | Iterable<Buffer>;
}

// An honest answer has a few kilobytes: a report of all rules that matched, and an excerpt.
const maxAnswerBytes = 256 * 1024;

/**
 * All that spamd says until it closes. Rejects with a `ServerFailure`, with the reason of the signal, or
 * with the error of a content that cannot be read.
 */
export async function converse(
  socket: Socket,
  question: Question,
  signal: AbortSignal,
): Promise<Buffer> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const answer = collect(socket);
    // Only a content that cannot be read ends it here: a connection that breaks may have an answer in it.
    const unreadable = send(socket, question).then(() => stopped);
    return await Promise.race([answer, unreadable, stopped]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}

function collect(socket: Socket): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const pieces: Buffer[] = [];
  let octets = 0;
  let failure = '';
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    octets += piece.length;
    if (octets > maxAnswerBytes) {
      reject(new ServerFailure('broken', 'the answer of spamd is too long'));
      socket.destroy();
    }
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = ` (${error.code ?? error.message})`;
  });
  const onClosed = (): void => {
    if (octets > 0) resolve(Buffer.concat(pieces));
    else {
      const reason = `spamd closed the connection without an answer${failure}`;
      reject(new ServerFailure('broken', reason));
    }
  };
  socket.on('end', onClosed).on('close', onClosed);
  return promise;
}

/** Rejects only for what the content does. */
async function send(socket: Socket, { head, content }: Question): Promise<void> {
  await write(socket, Buffer.from(head, 'latin1'));
  for await (const piece of content) {
    if (!socket.writable) return;
    await write(socket, piece);
  }
}

async function write(socket: Socket, piece: Buffer): Promise<void> {
  if (piece.length === 0 || !socket.writable) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  // Back-pressure by the callback and not by 'drain', which never comes on a destroyed socket.
  if (!socket.write(piece, () => resolve())) await promise;
}
