// Owns the octets of a delivery on the wire: status line, stuffed content, terminator.
import { AppError } from '../base/errors.ts';
import { firstLines, type Rendered } from '../pipeline/render.ts';
import { MultilineEncoder } from '../pop3/multiline.ts';
import type { ClientOutput } from './client-output.ts';

/**
 * Sends the message after its status line (undefined: that has been sent), or its header and the first
 * `bodyLines` lines (RFC 1939 s.7 TOP). Returns the octets of content. Rejects, without the terminator,
 * when the content comes out shorter than rendered.
 */
export async function sendMessage(
  output: ClientOutput,
  status: Buffer | undefined,
  rendered: Rendered,
  bodyLines: number | undefined,
): Promise<number> {
  const isWhole = bodyLines === undefined;
  const inMemory = isWhole ? rendered.bodyInMemory() : undefined;
  if (inMemory !== undefined) return sendAtOnce(output, status, rendered, inMemory);
  const encoder = new MultilineEncoder();
  const body = isWhole ? rendered.body() : firstLines(rendered.body(), bodyLines);
  const pieces = body[Symbol.asyncIterator]();
  let octets = rendered.head.length;
  try {
    let piece = await pieces.next();
    // Status line, header and the first octets of the body leave together.
    let wire = [...(status === undefined ? [] : [status]), ...encoder.encode(rendered.head)];
    while (piece.done !== true) {
      octets += piece.value.length;
      output.writeNow([...wire, ...encoder.encode(piece.value)]);
      wire = [];
      await output.room();
      piece = await pieces.next();
    }
    output.writeNow(wire);
  } finally {
    await pieces.return?.();
  }
  if (isWhole) requireWhole(octets, rendered);
  await output.write([encoder.end()]);
  return octets;
}

/** All of it in one go: the client's system may get a small message in a single segment. */
async function sendAtOnce(
  output: ClientOutput,
  status: Buffer | undefined,
  rendered: Rendered,
  body: readonly Buffer[],
): Promise<number> {
  const encoder = new MultilineEncoder();
  let octets = rendered.head.length;
  const wire = status === undefined ? [] : [status];
  wire.push(...encoder.encode(rendered.head));
  for (const piece of body) {
    octets += piece.length;
    wire.push(...encoder.encode(piece));
  }
  requireWhole(octets, rendered);
  wire.push(encoder.end());
  output.writeNow(wire);
  await output.room();
  return octets;
}

function requireWhole(octets: number, { octets: expected }: Rendered): void {
  if (expected === undefined || octets === expected) return;
  throw new AppError('MESSAGE_TRUNCATED', {
    fault: 'proxy',
    publicText: 'the message is not complete',
    details: { octets, expected },
  });
}
