// Owns the fuzz target of the MIME walk, with limits low enough to be reached.
import assert from 'node:assert/strict';
import {
  type MimeEvent,
  type MimeLimits,
  type MimePart,
  MimeWalker,
} from '../../../src/message/mime-walk.ts';
import { type FuzzTarget, sameForAllChunkings, smallChunks } from '../target.ts';

const tight: MimeLimits = {
  maxDepth: 3,
  maxParts: 6,
  maxHeaderBytes: 90,
  maxAllHeaderBytes: 4 * 90,
};

function walk(chunks: readonly Buffer[], limits: Partial<MimeLimits>): readonly MimeEvent[] {
  const walker = new MimeWalker(limits);
  const events = chunks.flatMap((chunk) => walker.push(chunk));
  return [...events, ...walker.end()];
}

/** Events as plain values, neighbouring content joined. */
function outline(events: readonly MimeEvent[]): readonly unknown[] {
  const lines: unknown[] = [];
  let content: { readonly path: string; text: string } | undefined;
  for (const event of events) {
    if (event.kind === 'partContent') {
      const text = event.bytes.toString('latin1');
      if (content?.path === event.part.path) content.text += text;
      else {
        content = { path: event.part.path, text };
        lines.push(content);
      }
      continue;
    }
    content = undefined;
    lines.push(event.kind === 'limitReached' ? event : [event.kind, describe(event.part)]);
  }
  return lines;
}

function describe(part: MimePart): unknown {
  return { ...part, headers: part.headers.bytes.toString('latin1') };
}

/** Parts open and close like brackets, and paths count children. */
function checkNesting(events: readonly MimeEvent[], limits: MimeLimits): void {
  const open: { readonly part: MimePart; children: number }[] = [];
  const reached = new Set<string>();
  let parts = 0;
  for (const event of events) {
    const innermost = open.at(-1);
    if (event.kind === 'limitReached') {
      assert.ok(!reached.has(event.limit), 'a limit is told once');
      reached.add(event.limit);
    } else if (event.kind === 'partStarted') {
      const { part } = event;
      parts += 1;
      if (innermost !== undefined) innermost.children += 1;
      assert.ok(innermost === undefined ? parts === 1 : innermost.part.isContainer);
      const parent = innermost?.part.path;
      assert.equal(part.path, parent === undefined ? '1' : `${parent}.${innermost?.children}`);
      assert.equal(part.depth, open.length);
      assert.ok(part.depth <= limits.maxDepth && parts <= limits.maxParts);
      assert.ok(part.headers.bytes.length <= limits.maxHeaderBytes);
      open.push({ part, children: 0 });
    } else {
      assert.equal(event.part, innermost?.part);
      if (event.kind === 'partEnded') open.pop();
      else assert.ok(event.bytes.length > 0 && !event.part.isContainer);
    }
  }
  assert.equal(open.length, 0);
  assert.ok(parts > 0);
}

/** Headers and content lie in the message in the order in which they are told, none of them twice. */
function checkSlices(events: readonly MimeEvent[], message: Buffer): void {
  let at = 0;
  for (const event of events) {
    if (event.kind === 'limitReached' || event.kind === 'partEnded') continue;
    const bytes = event.kind === 'partStarted' ? event.part.headers.bytes : event.bytes;
    const found = positionIn(message, bytes, at);
    assert.ok(found !== undefined, `not in order: ${JSON.stringify(bytes.toString('latin1'))}`);
    at = found + bytes.length;
  }
}

/** Exact for slices of the message; line ends held back and headers are octets of their own. */
function positionIn(message: Buffer, bytes: Buffer, from: number): number | undefined {
  const isSlice = bytes.buffer === message.buffer;
  const position = isSlice ? bytes.byteOffset - message.byteOffset : message.indexOf(bytes, from);
  const isThere = position >= from && position + bytes.length <= message.length;
  return isThere ? position : undefined;
}

const limitsTried: readonly MimeLimits[] = [
  { maxDepth: 30, maxParts: 2000, maxHeaderBytes: 256, maxAllHeaderBytes: 4 * 256 * 1024 },
  tight,
];

export const mimeWalk: FuzzTarget = {
  name: 'mime-walk',
  dictionary: [
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r\n--b\r\n',
    '\r\n--b--\r\n',
    '--b',
    '--',
    '--bb',
    '\r\n--bb\r\n',
    'Content-Type: ',
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n',
    'Content-Type: multipart/digest; boundary="bb"\r\n\r\n',
    'Content-Type: message/rfc822\r\n\r\n',
    'Content-Transfer-Encoding: base64\r\n',
    ' \t',
    '; boundary*0=b',
    '; name="a"',
  ],
  check(input) {
    // A copy that shares its memory with nothing else tells slices from octets made elsewhere.
    const message = Buffer.from(new Uint8Array(input).buffer);
    for (const limits of limitsTried) {
      const events = walk([message], limits);
      checkNesting(events, limits);
      checkSlices(events, message);
      sameForAllChunkings(message, (chunks) => outline(walk(chunks, limits)));
    }
  },
  exercise(input) {
    walk([input], {});
    walk(smallChunks(input), {});
  },
};
