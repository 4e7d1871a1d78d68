// Owns reading what is sent with a request, as much of it as anybody has reason to send.
import type { IncomingMessage } from 'node:http';

/** Undefined when it is too large. */
export async function bodyOf(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Otherwise the answer would be lost together with the rest of the body.
  const pieces: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of pieces) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
