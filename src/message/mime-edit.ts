// Owns the edits to the MIME tree of one message. Parts that are not edited stay where they are; what
// is written anew is small and in memory. It reads no content.
import { BoundaryGuard } from './boundary-guard.ts';
import { canonicalText, encodeText } from './content-encoding.ts';
import { HeaderBlock, HeaderEdits, type HeaderSnapshot } from './header-block.ts';
import { toHeaderLine } from './header-line.ts';
import { assembleBody, missingBlankLine } from './mime-assembly.ts';
import type { LaidOutPart, MimeLayout } from './mime-layout.ts';
import { readPartFacts } from './mime-part.ts';
import {
  childrenOf,
  lineageOf,
  type NodeContent,
  type PlacedNode,
  type TreeNode,
  treeOf,
  walkTree,
  withNode,
} from './mime-tree.ts';
import { withCharsetUtf8 } from './mime-value.ts';
import { emptyText, invalidEdit, type PartDraft, type WrittenPart, writePart } from './new-part.ts';
import type { Segment } from './segments.ts';

/** State of the edits at one moment, without the header of the message. */
export type MimeSnapshot = TreeNode;

const contentFields = 'Content-';
const crlf = Buffer.from('\r\n');
const sealingTypes: ReadonlySet<string> = new Set([
  'multipart/signed',
  'multipart/encrypted',
  'application/pkcs7-mime',
  'application/x-pkcs7-mime',
  'application/pgp-encrypted',
]);

/**
 * The header of the message itself belongs to `header`, which others edit too: what an edit of the
 * body changes there it changes in the header as it is at that moment.
 */
export class MimeEdits {
  readonly #layout: MimeLayout;
  readonly #header: HeaderEdits;
  readonly #untouched: TreeNode;
  /** What it says of its own header may be out of date: `#current()` is right. */
  #root: TreeNode;
  #read: { readonly state: HeaderSnapshot; readonly facts: HeaderFacts } | undefined;

  constructor(layout: MimeLayout, header: HeaderEdits) {
    this.#layout = layout;
    this.#header = header;
    this.#untouched = treeOf(layout.root);
    this.#root = this.#untouched;
  }

  get isChanged(): boolean {
    return this.#root !== this.#untouched;
  }

  snapshot(): MimeSnapshot {
    return this.#root;
  }

  /** To the state before all edits when there was no snapshot yet. The header is not restored. */
  restore(snapshot: MimeSnapshot = this.#untouched): void {
    this.#root = snapshot;
  }

  /** The tree as the edits have left it. */
  nodes(): Iterable<PlacedNode> {
    return walkTree(this.#current());
  }

  find(path: string): TreeNode | undefined {
    return lineageOf(this.#current(), path)?.at(-1);
  }

  isSealed(path: string): boolean {
    return this.#lineage(path).some(({ contentType }) => sealingTypes.has(contentType));
  }

  /** Adding needs a boundary, since the message is not multipart/mixed. */
  get wrapsToAdd(): boolean {
    const { content } = this.#root;
    if (content.kind === 'wrapped') return false;
    return content.kind !== 'multipart' || !canTakeMore(content.source);
  }

  setText(path: string, text: string): void {
    const lineage = this.#lineage(path);
    const node = lineage.at(-1) ?? this.#root;
    if (childrenOf(node).length > 0 || !node.contentType.startsWith('text/')) {
      throw invalidEdit('not a text', path);
    }
    const { encoding, octets } = encodeText(canonicalText(text), this.#guard());
    const type = withCharsetUtf8(node.contentType, node.headers.get('Content-Type'));
    this.#put(path, lineage, octets, (header) => {
      replaceAll(header, 'Content-Type', type);
      replaceAll(header, 'Content-Transfer-Encoding', encoding);
      // RFC 1864: a digest of what was there before.
      header.remove('Content-MD5');
    });
  }

  replace(path: string, draft: PartDraft): void {
    const lineage = this.#lineage(path);
    const part = writePart(draft, this.#guard());
    // The header of a message, also of an embedded one, says more than what its content is.
    if (isMessage(lineage)) {
      this.#put(path, lineage, part.content, (header) => {
        header.removePrefixed(contentFields);
        for (const { name, value } of part.fields) header.add(name, value);
      });
    } else {
      const { key, slot } = lineage.at(-1) ?? this.#root;
      this.#root = withNode(this.#root, path, { ...newNode(part), key, slot });
    }
  }

  /** A message and the last part of a multipart become an empty text. */
  drop(path: string): void {
    const parent = this.#lineage(path).at(-2);
    const isOneOfMany = parent !== undefined && childrenOf(parent).length > 1;
    if (isOneOfMany) this.#root = withNode(this.#root, path, undefined);
    else this.replace(path, emptyText);
  }

  /** A message that has to be wrapped needs a boundary that occurs nowhere in the original. */
  add(draft: PartDraft, boundary: Buffer | undefined): void {
    if (this.wrapsToAdd) {
      if (boundary === undefined) throw invalidEdit('edits overtook each other', draft.contentType);
      const guard = new BoundaryGuard([...this.#boundaries(), boundary]);
      const part = writePart(draft, guard);
      this.#root = this.#wrapped(boundary, newNode(part));
      return;
    }
    const { content } = this.#root;
    if (!('children' in content)) throw new Error('a multipart has children');
    const children = [...content.children, newNode(writePart(draft, this.#guard()))];
    this.#root = { ...this.#root, content: { ...content, children } };
  }

  /** Whether `boundary` stands in something that was written. */
  mentions(boundary: Buffer): boolean {
    for (const { node } of this.nodes()) {
      if (node.content.kind === 'written' && node.content.octets.includes(boundary)) return true;
      if (node.headerOrigin === 'written' && node.headers.bytes.includes(boundary)) return true;
    }
    return false;
  }

  /** What follows the header of the message, to be read from the original in order. */
  body(): readonly Segment[] {
    return assembleBody(this.#layout, this.#root, this.#header.toBuffer());
  }

  /** What the Content-* fields say moves inward with the content, octet for octet. */
  #wrapped(boundary: Buffer, added: TreeNode): TreeNode {
    const former = this.#current();
    const inner = contentFieldsOf(former.headers);
    const { transferEncoding } = former;
    this.#header.removePrefixed(contentFields);
    ensureMimeVersion(this.#header);
    this.#header.add('Content-Type', `multipart/mixed; boundary="${boundary.toString('latin1')}"`);
    // RFC 2045 s.6.4: a multipart is at least as wide as its parts.
    if (transferEncoding === '8bit' || transferEncoding === 'binary') {
      this.#header.add('Content-Transfer-Encoding', transferEncoding);
    }
    return {
      key: {},
      slot: undefined,
      headerOrigin: 'written',
      ...this.#headerFacts(),
      content: {
        kind: 'wrapped',
        boundary,
        children: [
          { ...former, slot: undefined, headerOrigin: 'written', ...factsOf(inner) },
          added,
        ],
      },
    };
  }

  #put(
    path: string,
    lineage: readonly TreeNode[],
    octets: Buffer,
    change: (header: HeaderEdits) => void,
  ): void {
    const node = lineage.at(-1) ?? this.#root;
    const content: NodeContent = { kind: 'written', octets };
    const isEmbedded = isMessage(lineage);
    const write = (header: HeaderEdits): HeaderEdits => {
      change(header);
      if (isEmbedded) ensureMimeVersion(header);
      return header;
    };
    let header = write(lineage.length === 1 ? this.#header : new HeaderEdits(node.headers));
    // Where a CR ended a line, what stands behind it begins one now.
    if (header !== this.#header && this.#guard().isHit(header.toBuffer())) {
      header = write(new HeaderEdits(new HeaderBlock(crlf)));
    }
    const written = { ...node, content, headerOrigin: 'written' as const };
    const facts = header === this.#header ? {} : factsOf(completeBlock(header.toBuffer()));
    this.#root = withNode(this.#root, path, { ...written, ...facts });
  }

  #lineage(path: string): readonly TreeNode[] {
    const lineage = lineageOf(this.#current(), path);
    if (lineage === undefined) throw invalidEdit('no such part', path);
    return lineage;
  }

  /** With the header as it is now: others edit it as well. */
  #current(): TreeNode {
    return this.#header.isChanged ? { ...this.#root, ...this.#headerFacts() } : this.#root;
  }

  #headerFacts(): HeaderFacts {
    const state = this.#header.snapshot();
    if (this.#read?.state !== state) {
      this.#read = { state, facts: factsOf(new HeaderBlock(this.#header.toBuffer())) };
    }
    return this.#read.facts;
  }

  #guard(): BoundaryGuard {
    return new BoundaryGuard(this.#boundaries());
  }

  #boundaries(): readonly Buffer[] {
    const { content } = this.#root;
    const { boundaries } = this.#layout;
    return content.kind === 'wrapped' ? [...boundaries, content.boundary] : boundaries;
  }
}

type HeaderFacts = Pick<TreeNode, 'headers' | 'contentType' | 'transferEncoding' | 'fileNames'>;

function factsOf(headers: HeaderBlock): HeaderFacts {
  const { contentType, transferEncoding, fileNames } = readPartFacts(headers, 'text/plain');
  return { headers, contentType, transferEncoding, fileNames };
}

function newNode({ fields, content: octets }: WrittenPart): TreeNode {
  const lines = fields.map(({ name, value }) => toHeaderLine(name, value));
  return {
    key: {},
    slot: undefined,
    headerOrigin: 'written',
    ...factsOf(completeBlock(Buffer.concat(lines))),
    content: { kind: 'written', octets },
  };
}

/** A boundary that is used again inside would be read as one of the inner multipart. */
function canTakeMore({ part, children }: LaidOutPart): boolean {
  const isReused = (child: LaidOutPart): boolean =>
    (part.boundary !== undefined && child.part.boundary?.equals(part.boundary)) === true ||
    child.children.some(isReused);
  return part.contentType === 'multipart/mixed' && children.length > 0 && !children.some(isReused);
}

/** The message itself, or one embedded in it. */
function isMessage(lineage: readonly TreeNode[]): boolean {
  return lineage.length === 1 || lineage.at(-2)?.content.kind === 'message';
}

function completeBlock(header: Buffer): HeaderBlock {
  return new HeaderBlock(Buffer.concat([header, missingBlankLine(header)]));
}

/** The fields that describe content, each with a line end, and a blank line. */
function contentFieldsOf(headers: HeaderBlock): HeaderBlock {
  const pieces: Buffer[] = [];
  for (const { key, source, start, end } of headers.split().fields) {
    if (!key.startsWith(contentFields.toLowerCase())) continue;
    const lines = source.subarray(start, end);
    pieces.push(lines.at(-1) === 0x0a ? lines : Buffer.concat([withoutCr(lines), crlf]));
  }
  return new HeaderBlock(Buffer.concat([...pieces, crlf]));
}

function withoutCr(lines: Buffer): Buffer {
  let end = lines.length;
  while (lines[end - 1] === 0x0d) end -= 1;
  return lines.subarray(0, end);
}

/** In place, and the only one: of several fields, readers take different ones. */
function replaceAll(header: HeaderEdits, name: string, value: string): void {
  header.replace(name, value);
  const written = header.get(name);
  header.remove(name, (other) => other !== written);
}

function ensureMimeVersion(header: HeaderEdits): void {
  if (header.get('MIME-Version') === undefined) header.add('MIME-Version', '1.0');
}
