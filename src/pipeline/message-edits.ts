// Owns what plugins have changed of one message: its header and its body, which may depend on each other,
// and the message as a whole. Octets of a whole new message go to a spool that the first one owns.
import { type HeaderBlock, HeaderEdits, type HeaderSnapshot } from '../message/header-block.ts';
import { invalidEdit } from '../message/new-part.ts';
import type { Segment } from '../message/segments.ts';
import type { BodyEditor, WholeEditor } from '../plugin-api/transform.ts';
import { BodyEdits, type BodySnapshot } from './body-edits.ts';
import { fillSpool } from './fill-spool.ts';
import { MessageContent } from './message-content.ts';
import { ComposedOctets, MappedOctets, type MessageOctets } from './message-octets.ts';
import { takeOverOwnFields } from './own-fields.ts';
import type { Spool } from './spool.ts';

/**
 * The message since it last changed as a whole. Both kinds of edits work on one state of the header:
 * an edit of the body moves fields as earlier edits have left them, and later edits find the header
 * as the edits of the body have left it.
 */
interface Version {
  readonly original: MessageContent;
  readonly block: HeaderBlock;
  readonly header: HeaderEdits;
  readonly body: BodyEdits;
}

export interface MessageSnapshot {
  readonly version: Version;
  readonly header: HeaderSnapshot;
  readonly body: BodySnapshot;
}

export class MessageEdits {
  readonly #spool: Spool;
  #version: Version;

  /** No edits yet of a message that has arrived, with that header. */
  constructor(spool: Spool, block: HeaderBlock, original = new MessageContent(spool)) {
    this.#spool = spool;
    this.#version = this.#versionOf(original, block);
  }

  get header(): HeaderEdits {
    return this.#version.header;
  }

  get body(): BodyEdits {
    return this.#version.body;
  }

  /** What `bodySegments` are ranges of. */
  get original(): MessageOctets {
    return this.#version.original.octets;
  }

  /** What follows the header. */
  get bodySegments(): readonly Segment[] {
    const { body, block } = this.#version;
    const untouched = { start: block.bytes.length, end: this.original.octets };
    return body.segments() ?? [{ kind: 'range', ...untouched }];
  }

  /** The message as the edits so far have left it. */
  content(): MessageContent {
    const { original, header, body } = this.#version;
    if (!header.isChanged && !body.isChanged) return original;
    const head: Segment = { kind: 'octets', octets: header.toBuffer() };
    return new MessageContent(new ComposedOctets(this.original, [head, ...this.bodySegments]));
  }

  snapshot(): MessageSnapshot {
    const version = this.#version;
    return { version, header: version.header.snapshot(), body: version.body.snapshot() };
  }

  restore({ version, header, body }: MessageSnapshot): void {
    this.#version = version;
    version.header.restore(header);
    version.body.restore(body);
  }

  /** A face for one plugin; `check` throws once its time is over. */
  bodyEditor(check: () => void): BodyEditor {
    const editor = (): BodyEditor => this.body.editor(check);
    return {
      parts: () => editor().parts(),
      text: (path, maxBytes) => editor().text(path, maxBytes),
      setText: (path, text) => editor().setText(path, text),
      replace: (path, part) => editor().replace(path, part),
      drop: (path) => editor().drop(path),
      add: (part) => editor().add(part),
      isSealed: (path) => editor().isSealed(path),
    };
  }

  /** A face for one plugin; `check` throws once its time is over. */
  wholeEditor(check: () => void): WholeEditor {
    return {
      mapOctets: async (table) => {
        check();
        if (table.length !== 256) throw invalidEdit('a table has 256 octets', '1');
        const { octets } = this.content();
        // What the plugin does to its own table later must change nothing.
        const content = new MessageContent(new MappedOctets(octets, Uint8Array.from(table)));
        const block = await content.header();
        check();
        this.#exchange(content, block);
      },
      replace: async (octets) => {
        check();
        await this.#replace(octets, check);
      },
    };
  }

  async #replace(octets: AsyncIterable<Buffer>, check: () => void): Promise<void> {
    const spool = this.#spool.successor();
    try {
      await fillSpool(spool, octets, check);
      const content = new MessageContent(spool);
      const block = await content.header();
      check();
      // Of a message without a header, more cannot be asked.
      if (beginsLikeMessage(this.#version.block) && !beginsLikeMessage(block)) {
        throw invalidEdit('not the beginning of a message', '1');
      }
      this.#exchange(content, block);
    } catch (error) {
      await spool[Symbol.asyncDispose]();
      throw error;
    }
  }

  #exchange(content: MessageContent, block: HeaderBlock): void {
    const version = this.#versionOf(content, block);
    takeOverOwnFields(version.header, this.header);
    this.#version = version;
  }

  #versionOf(original: MessageContent, block: HeaderBlock): Version {
    const header = new HeaderEdits(block);
    const body = new BodyEdits(original.octets, header, () => this.#spool.sha256);
    return { original, block, header, body };
  }
}

/** With a field, above which an mbox `From ` line may stand. */
function beginsLikeMessage(block: HeaderBlock): boolean {
  return block
    .split()
    .fields.slice(0, 2)
    .some(({ name }) => name !== undefined);
}
