// Owns the form in which a message leaves: which octets, and exactly how many.
import type { HeaderEdits } from '../message/header-block.ts';
import { paddingField } from '../message/padding.ts';
import { lengthOf } from '../message/segments.ts';
import type { MessageEdits } from './message-edits.ts';
import { readSegments, segmentsInMemory } from './message-octets.ts';
import { ownFields } from './own-fields.ts';
import type { Finding } from './policy.ts';
import type { Spool } from './spool.ts';

/** A message ready to be sent. */
export interface Rendered {
  /**
   * Octets of the whole message, without dot-stuffing and terminator; undefined while it arrives.
   */
  readonly octets: number | undefined;
  /** The header with its blank line, or nothing when all of the message is in the body. */
  readonly head: Buffer;
  body(): AsyncIterable<Buffer>;
  /** The same octets as `body`, where all of them are in memory by now. */
  bodyInMemory(): readonly Buffer[] | undefined;
}

const nothing = Buffer.alloc(0);

/** Every octet as it comes, for a chain without plugins; the header is not even looked for. */
export function renderArriving(spool: Spool): Rendered {
  return {
    octets: undefined,
    head: nothing,
    body: () => spool.read(),
    bodyInMemory: () => spool.whole,
  };
}

/** Every octet as it came, of a message that is there. */
export function renderWhole(spool: Spool): Rendered {
  return { ...renderArriving(spool), octets: spool.octets };
}

/**
 * The header with its edits, filled so that `targetOctets` is met where that is possible, and the
 * body: what no plugin has changed is read from where it lies while it is sent.
 */
export function renderEdited(
  { header, original, bodySegments: segments }: MessageEdits,
  targetOctets: number | undefined,
): Rendered {
  const bodyOctets = lengthOf(segments);
  const head = filledHeader(header, bodyOctets, targetOctets);
  return {
    octets: head.length + bodyOctets,
    head,
    body: () => readSegments(original, segments),
    bodyInMemory: () => original.whole && segmentsInMemory(original.whole, segments),
  };
}

/** More than this is not worth hiding: the true size is remembered instead. */
const maxPaddingOctets = 8192;

/**
 * The header, with a field of the length that is missing; with none when that is too small, negative or
 * very large.
 */
export function filledHeader(
  edits: HeaderEdits,
  bodyOctets: number,
  targetOctets: number | undefined,
): Buffer {
  if (targetOctets !== undefined) {
    const missing = targetOctets - bodyOctets - edits.octets;
    const isWorthwhile = missing > 0 && missing <= maxPaddingOctets;
    const field = isWorthwhile ? paddingField(missing) : undefined;
    if (field !== undefined) edits.addField(field);
  }
  return edits.toBuffer();
}

/** A message that Postern itself wrote. */
export function renderOwn(head: Buffer, body: Buffer): Rendered {
  return {
    octets: head.length + body.length,
    head,
    async *body() {
      yield body;
    },
    bodyInMemory: () => [body],
  };
}

/** Names findings in a header field. */
export function nameFindings(edits: HeaderEdits, findings: readonly Finding[]): void {
  edits.add(`${ownFields}Finding`, describeFindings(findings));
}

/** `clamav=Eicar-Signature, attachment-policy=executable`, safe for a header. */
export function describeFindings(findings: readonly Finding[]): string {
  const words = findings.map(({ plugin, block }) => `${plugin}=${block.finding}`);
  return words
    .join(', ')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 900);
}

/** The first lines of a body, for TOP (RFC 1939 s.7). */
export async function* firstLines(
  body: AsyncIterable<Buffer>,
  lines: number,
): AsyncGenerator<Buffer, void, void> {
  let remaining = lines;
  if (remaining === 0) return;
  for await (const piece of body) {
    let end = 0;
    while (remaining > 0) {
      const lineEnd = piece.indexOf(0x0a, end);
      if (lineEnd === -1) break;
      end = lineEnd + 1;
      remaining -= 1;
    }
    yield remaining === 0 ? piece.subarray(0, end) : piece;
    if (remaining === 0) return;
  }
}
