// Owns editing whole messages in memory, for tests of the MIME tree under edits.
import { HeaderBlock, HeaderEdits } from '../../src/message/header-block.ts';
import { MimeEdits } from '../../src/message/mime-edit.ts';
import { type MimeLayout, MimeLayoutBuilder } from '../../src/message/mime-layout.ts';
import { type MimePart, MimeWalker } from '../../src/message/mime-walk.ts';
import { lengthOf, type Segment } from '../../src/message/segments.ts';

export const message = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1');
export const mixed = (boundary: string): string =>
  `Content-Type: multipart/mixed; boundary="${boundary}"`;
export const wrapBoundary = Buffer.from('=_wrap');

export function layoutOf(...chunks: readonly Buffer[]): MimeLayout {
  const builder = new MimeLayoutBuilder();
  for (const chunk of chunks) builder.push(chunk);
  return builder.end();
}

export interface Editing {
  readonly header: HeaderEdits;
  readonly edits: MimeEdits;
  readonly original: Buffer;
}

export function editing(original: Buffer): Editing {
  const layout = layoutOf(original);
  const block = original.subarray(0, layout.root.part.contentStart);
  const header = new HeaderEdits(new HeaderBlock(block));
  return { header, edits: new MimeEdits(layout, header), original };
}

export function read(original: Buffer, segments: readonly Segment[]): Buffer {
  const pieces = segments.map((segment) =>
    segment.kind === 'octets' ? segment.octets : original.subarray(segment.start, segment.end),
  );
  const whole = Buffer.concat(pieces);
  if (whole.length !== lengthOf(segments)) throw new Error('the segments lie about their length');
  return whole;
}

export function outcome({ header, edits, original }: Editing): Buffer {
  return Buffer.concat([header.toBuffer(), read(original, edits.body())]);
}

export function edited(original: Buffer, change: (edits: MimeEdits) => void): string {
  const state = editing(original);
  change(state.edits);
  return outcome(state).toString('latin1');
}

export interface ReadPart {
  readonly part: MimePart;
  /** Undecoded content of a leaf. */
  readonly content: string;
}

/** All parts with their content, read by the walk. */
export function readParts(octets: Buffer): ReadPart[] {
  const walker = new MimeWalker();
  const parts = new Map<string, { part: MimePart; content: string }>();
  for (const event of [...walker.push(octets), ...walker.end()]) {
    if (event.kind === 'partStarted') parts.set(event.part.path, { part: event.part, content: '' });
    if (event.kind !== 'partContent') continue;
    const read = parts.get(event.part.path);
    if (read !== undefined) read.content += event.bytes.toString('latin1');
  }
  return [...parts.values()];
}

export const pathsOf = (parts: readonly ReadPart[]): string[] => parts.map(({ part }) => part.path);

export const text = (content: string) => ({ contentType: 'text/plain', content });
