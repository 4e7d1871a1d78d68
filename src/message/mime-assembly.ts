// Owns how an edited tree becomes octets: ranges of the original wherever nothing has changed. It
// decides no edit.
import { HeaderBlock } from './header-block.ts';
import type { LaidOutPart, MimeLayout } from './mime-layout.ts';
import { type Children, childrenOf, type TreeNode } from './mime-tree.ts';
import { type Segment, SegmentList } from './segments.ts';

const lf = 0x0a;
const nothing = Buffer.alloc(0);
const crlf = Buffer.from('\r\n');
const lineFeed = Buffer.from('\n');
const longestBlank = 100;
const dashes = Buffer.from('--');

/** What follows `header`, which is that of the message as it will be sent. */
export function assembleBody(
  layout: MimeLayout,
  root: TreeNode,
  header: Buffer,
): readonly Segment[] {
  const assembly = new Assembly(layout);
  if (root.content.kind !== 'original') assembly.text(missingBlankLine(header));
  assembly.content(root);
  return assembly.end();
}

/** What a header lacks, in which a message or a part ended, when something is to stand behind it. */
export function missingBlankLine(header: Buffer): Buffer {
  const isComplete = new HeaderBlock(header).split().tailStart < header.length;
  if (isComplete) return nothing;
  // A line of nothing but CR lacks its LF.
  if (/(?:^|\n)\r+$/.test(header.toString('latin1', Math.max(0, header.length - longestBlank)))) {
    return lineFeed;
  }
  return header.length === 0 || header.at(-1) === lf ? crlf : Buffer.from('\r\n\r\n');
}

class Assembly {
  readonly #layout: MimeLayout;
  readonly #out = new SegmentList();

  constructor(layout: MimeLayout) {
    this.#layout = layout;
  }

  text(octets: Buffer): void {
    this.#out.octets(octets);
  }

  /** A message does not end in the middle of a line that is new. */
  end(): readonly Segment[] {
    if (this.#out.endsInNewLine) this.text(crlf);
    return this.#out.all();
  }

  content(node: TreeNode): void {
    const { content } = node;
    switch (content.kind) {
      case 'original':
        this.#out.range(content.source.part.contentStart, content.source.end);
        break;
      case 'written':
        this.text(content.octets);
        break;
      case 'message':
        for (const child of content.children) this.#part(child);
        break;
      case 'multipart':
        this.#multipart(content.source, content.children);
        break;
      case 'wrapped':
        this.#wrapped(content.boundary, content.children);
        break;
    }
  }

  #part(node: TreeNode): void {
    const { slot, headers, headerOrigin } = node;
    if (headerOrigin === 'original' && slot !== undefined) {
      this.#out.range(slot.part.start, slot.part.contentStart);
    } else {
      this.text(headers.bytes);
    }
    // The original may have ended in the header of an embedding message.
    const isRewritten = childrenOf(node).some((child) => child.headerOrigin === 'written');
    if (node.content.kind === 'message' && isRewritten) this.text(missingBlankLine(headers.bytes));
    this.content(node);
  }

  /**
   * What lies between the children stays. A child that is dropped goes from the start of its boundary
   * line to the start of the next one, so that the part before it keeps its own line end.
   */
  #multipart(source: LaidOutPart, children: Children): void {
    const bySlot = new Map(children.map((child) => [child.slot, child]));
    let at = source.part.contentStart;
    for (const slot of source.children) {
      const delimiterStart = slot.part.delimiterStart ?? slot.part.start;
      const child = bySlot.get(slot);
      this.#out.range(at, delimiterStart);
      if (child === undefined) {
        at = slot.followedBy ?? slot.end;
        continue;
      }
      this.#out.range(delimiterStart, slot.part.start);
      this.#child(slot, child);
      at = slot.end;
    }
    this.#out.range(this.#tail(source, children, at), source.end);
  }

  #child(slot: LaidOutPart, child: TreeNode): void {
    const isLineCut = slot.part.start === this.#layout.octets && !this.#layout.hasFinalLineEnd;
    if (isLineCut && child.headerOrigin === 'written') this.text(crlf);
    this.#part(child);
    // A part that ended in its header was followed by a boundary line without a line end of its own.
    const isBare = slot.followedBy === slot.end;
    if (isBare && !this.#out.endsAt(slot.end)) this.text(crlf);
  }

  /** Writes what comes behind the last child; returns where the original goes on. */
  #tail(source: LaidOutPart, children: Children, at: number): number {
    const { boundary = nothing } = source.part;
    const last = source.children.at(-1);
    const added = children.filter(({ slot }) => slot === undefined);
    const isLastDropped = !children.some(({ slot }) => slot !== undefined && slot === last);
    if (last?.followedBy !== undefined) {
      if (added.length === 0) return at;
      this.#out.range(at, last.followedBy);
      this.#added(boundary, added);
      return last.followedBy;
    }
    if (added.length > 0) {
      if (!isLastDropped) this.#endLine(last);
      this.#added(boundary, added);
      this.text(Buffer.concat([dashes, boundary, dashes, crlf]));
    } else if (last !== undefined && isLastDropped) {
      // Without a boundary line below, the line end above would become content of the part before.
      this.text(Buffer.concat([dashes, boundary, dashes]));
    }
    return at;
  }

  #added(boundary: Buffer, added: Children): void {
    for (const child of added) {
      this.text(Buffer.concat([dashes, boundary, crlf]));
      this.#part(child);
      this.text(crlf);
    }
  }

  #wrapped(boundary: Buffer, children: Children): void {
    for (const child of children) {
      this.text(Buffer.concat([dashes, boundary, crlf]));
      this.#part(child);
      this.#endLine('source' in child.content ? child.content.source : undefined);
    }
    this.text(Buffer.concat([dashes, boundary, dashes, crlf]));
  }

  /** For a new boundary line behind `source`: its line end is not one of the part. */
  #endLine(source: LaidOutPart | undefined): void {
    if (source !== undefined && this.#out.endsAt(source.end) && this.#endsInHeader(source)) return;
    this.text(crlf);
  }

  /** Whether it ends at the end of a line of a header: one more line end would be its blank line. */
  #endsInHeader({ part, end, children }: LaidOutPart): boolean {
    const last = children.at(-1);
    if (last !== undefined) return last.end === end && this.#endsInHeader(last);
    if (end !== part.contentStart) return false;
    if (part.start === part.contentStart)
      return end < this.#layout.octets || this.#layout.hasFinalLineEnd;
    return part.headers.bytes.at(-1) === lf;
  }
}
