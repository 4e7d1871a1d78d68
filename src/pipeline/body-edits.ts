// Owns the edits of plugins to the body of one message whose octets stay as they are. Where its parts lie
// is found out only when a plugin asks; no content but that of new parts is held.
import { createHash } from 'node:crypto';
import { OctetSearch } from '../message/boundary-guard.ts';
import { decodeText } from '../message/charset.ts';
import type { HeaderEdits } from '../message/header-block.ts';
import { MimeEdits, type MimeSnapshot } from '../message/mime-edit.ts';
import { MimeLayoutBuilder } from '../message/mime-layout.ts';
import { parseMimeValue } from '../message/mime-parameters.ts';
import type { PlacedNode, TreeNode } from '../message/mime-tree.ts';
import type { Segment } from '../message/segments.ts';
import { findParameter } from '../message/text.ts';
import { createTransferDecoder } from '../message/transfer-decoding.ts';
import type { MessagePart } from '../plugin-api/message-view.ts';
import type { BodyEditor } from '../plugin-api/transform.ts';
import { type MessageOctets, readSegments } from './message-octets.ts';
import { PartContent } from './part-content.ts';

/** State of the edits at one moment; undefined while nothing has changed. */
export type BodySnapshot = MimeSnapshot | undefined;

const textMaxBytes = 1024 * 1024;

export class BodyEdits {
  readonly #original: MessageOctets;
  readonly #header: HeaderEdits;
  readonly #seed: () => string;
  #reading: Promise<MimeEdits> | undefined;
  #edits: MimeEdits | undefined;

  /**
   * Edits of the body that change the header of the message change it in `header`. The same `seed`
   * gives the same boundaries; it is asked for only where one is needed.
   */
  constructor(original: MessageOctets, header: HeaderEdits, seed: () => string) {
    this.#original = original;
    this.#header = header;
    this.#seed = seed;
  }

  get isChanged(): boolean {
    return this.#edits?.isChanged === true;
  }

  snapshot(): BodySnapshot {
    return this.isChanged ? this.#edits?.snapshot() : undefined;
  }

  /** Together with the header: an edit may have changed both. */
  restore(snapshot: BodySnapshot): void {
    this.#edits?.restore(snapshot);
  }

  /** What follows the header of the message; undefined when nothing has changed. */
  segments(): readonly Segment[] | undefined {
    return this.isChanged ? this.#edits?.body() : undefined;
  }

  /** A face for one plugin; `check` throws once its time is over. */
  editor(check: () => void = () => {}): BodyEditor {
    const ready = async (): Promise<MimeEdits> => {
      check();
      const edits = await this.#read();
      check();
      return edits;
    };
    return {
      parts: () => this.#parts(ready, check),
      text: async (path, maxBytes = textMaxBytes) => {
        const node = (await ready()).find(path);
        return node === undefined ? undefined : this.#text(node, maxBytes, check);
      },
      setText: async (path, text) => (await ready()).setText(path, text),
      replace: async (path, part) => (await ready()).replace(path, part),
      drop: async (path) => (await ready()).drop(path),
      add: async (part) => {
        const edits = await ready();
        const boundary = edits.wrapsToAdd ? await this.#unusedBoundary(edits) : undefined;
        check();
        edits.add(part, boundary);
      },
      isSealed: async (path) => (await ready()).isSealed(path),
    };
  }

  /** Once for all plugins: the original does not change. Rejects with MESSAGE_TOO_COMPLEX. */
  #read(): Promise<MimeEdits> {
    if (this.#reading === undefined) {
      this.#reading = this.#layOut();
      this.#reading.catch(() => {});
    }
    return this.#reading;
  }

  async #layOut(): Promise<MimeEdits> {
    const builder = new MimeLayoutBuilder();
    for await (const piece of this.#original.read()) builder.push(piece);
    const edits = new MimeEdits(builder.end(), this.#header);
    this.#edits = edits;
    return edits;
  }

  /** The parts that are there now, each with the path that it has when it is reached. */
  async *#parts(
    ready: () => Promise<MimeEdits>,
    check: () => void,
  ): AsyncGenerator<MessagePart, void, void> {
    const edits = await ready();
    const keys = [...edits.nodes()].map(({ node }) => node.key);
    let places = new Map<object, PlacedNode>();
    let seen: MimeSnapshot | undefined;
    for (const key of keys) {
      check();
      if (edits.snapshot() !== seen) {
        seen = edits.snapshot();
        places = new Map([...edits.nodes()].map((placed) => [placed.node.key, placed]));
      }
      const placed = places.get(key);
      if (placed !== undefined) yield this.#partOf(placed, check);
    }
  }

  #partOf({ path, depth, node }: PlacedNode, check: () => void): MessagePart {
    const content = new PartContent(this.#decoded(node, check));
    return {
      path,
      depth,
      headers: node.headers,
      contentType: node.contentType,
      fileNames: node.fileNames,
      isContainer: 'children' in node.content,
      head: (maxBytes) => content.head(maxBytes),
      content: () => content.content(),
    };
  }

  async *#decoded(node: TreeNode, check: () => void): AsyncGenerator<Buffer, void, void> {
    const decoder = createTransferDecoder(node.transferEncoding);
    for await (const piece of readSegments(this.#original, segmentsOf(node))) {
      check();
      const decoded = decoder.push(piece);
      if (decoded.length > 0) yield decoded;
    }
    const rest = decoder.end();
    if (rest.length > 0) yield rest;
  }

  async #text(node: TreeNode, maxBytes: number, check: () => void): Promise<string | undefined> {
    if ('children' in node.content || !node.contentType.startsWith('text/')) return undefined;
    const pieces: Buffer[] = [];
    let octets = 0;
    for await (const piece of this.#decoded(node, check)) {
      octets += piece.length;
      if (octets > maxBytes) return undefined;
      pieces.push(piece);
    }
    const { parameters } = parseMimeValue(node.headers.get('Content-Type') ?? '');
    return decodeText(Buffer.concat(pieces), findParameter(parameters, 'charset'));
  }

  /** The same for the same message, so that what is sent can be repeated and tested. */
  async #unusedBoundary(edits: MimeEdits): Promise<Buffer> {
    for (let attempt = 0; ; attempt += 1) {
      const boundary = boundaryOf(this.#seed(), attempt);
      const search = new OctetSearch(boundary);
      for await (const piece of this.#original.read()) search.push(piece);
      if (!search.isFound && !edits.mentions(boundary)) return boundary;
    }
  }
}

function segmentsOf({ content }: TreeNode): readonly Segment[] {
  if (content.kind === 'written') return [{ kind: 'octets', octets: content.octets }];
  if (content.kind !== 'original') return [];
  const { part, end } = content.source;
  return [{ kind: 'range', start: part.contentStart, end }];
}

/** RFC 2045 s.6.7: `=_` stands in no quoted-printable text and in no base64. */
function boundaryOf(seed: string, attempt: number): Buffer {
  const digest = createHash('sha256').update(`${seed} ${attempt}`).digest('hex');
  return Buffer.from(`=_postern_${digest.slice(0, 24)}`, 'latin1');
}
