// Owns the bounded reading of a message: what of it the classifier ever gets to see.
import {
  decodeOctetString,
  decodeText,
  findParameter,
  type MessageView,
  type MimePart,
  MimeWalker,
  unfoldedValue,
} from '#plugin-api';
import { TextWindow, type WindowLimits } from './text-window.ts';

export interface SampledField {
  /** In lower case. */
  readonly name: string;
  /** Unfolded, one octet per character, cut. */
  readonly value: string;
  /** As it is written, with its name and line ends, one octet per character, cut. */
  readonly raw: string;
}

export interface SampledText {
  readonly kind: 'plain' | 'html';
  /** The beginning, decoded. */
  readonly head: string;
  /** The end, where the text is longer than what `head` holds; else empty. */
  readonly tail: string;
  /** Octets of the whole text, decoded, as far as it was read. */
  readonly octets: number;
  /** As declared, in lower case; undefined when nothing is. */
  readonly charset: string | undefined;
}

export interface SampledPart {
  readonly contentType: string;
  readonly transferEncoding: string | undefined;
  readonly depth: number;
  readonly fileNames: readonly string[];
}

/** All that features are made of. */
export interface MessageSample {
  readonly fields: readonly SampledField[];
  readonly texts: readonly SampledText[];
  readonly parts: readonly SampledPart[];
  /** Of the whole message. */
  readonly octets: number;
}

const maxFields = 120;
const maxValueLength = 1000;
const maxTexts = 8;
const maxParts = 40;
const textLimits: WindowLimits = {
  headOctets: 192 * 1024,
  tailOctets: 6 * 1024,
  maxEncodedOctets: 1024 * 1024,
};
/** Of all texts together. */
const maxTextOctets = 320 * 1024;
const walkLimits = {
  maxDepth: 12,
  maxParts: 200,
  maxHeaderBytes: 64 * 1024,
  maxAllHeaderBytes: 192 * 1024,
};

interface OpenText {
  readonly kind: 'plain' | 'html';
  readonly part: MimePart;
  readonly window: TextWindow;
}

/** Takes a message in chunks; any chunking gives the same sample. */
export class SampleBuilder {
  readonly #walker: MimeWalker;
  readonly #texts: SampledText[] = [];
  readonly #parts: SampledPart[] = [];
  #fields: readonly SampledField[] = [];
  #open: OpenText | undefined;
  #octets = 0;
  #textRoom = maxTextOctets;

  constructor() {
    this.#walker = new MimeWalker(walkLimits);
  }

  push(chunk: Buffer): void {
    this.#octets += chunk.length;
    for (const event of this.#walker.push(chunk)) this.#take(event);
  }

  end(): MessageSample {
    for (const event of this.#walker.end()) this.#take(event);
    this.#closeText();
    return {
      fields: this.#fields,
      texts: this.#texts,
      parts: this.#parts,
      octets: this.#octets,
    };
  }

  #take(event: ReturnType<MimeWalker['end']>[number]): void {
    switch (event.kind) {
      case 'partStarted':
        this.#closeText();
        this.#start(event.part);
        break;
      case 'partContent':
        if (this.#open?.part === event.part) this.#open.window.push(event.bytes);
        break;
      case 'partEnded':
        if (this.#open?.part === event.part) this.#closeText();
        break;
      case 'limitReached':
        break;
    }
  }

  #start(part: MimePart): void {
    if (part.depth === 0) this.#fields = fieldsOf(part.headers);
    if (this.#parts.length >= maxParts) return;
    const { contentType, transferEncoding, depth, fileNames } = part;
    this.#parts.push({ contentType, transferEncoding, depth, fileNames });
    const kind = textKind(part);
    if (kind === undefined || this.#texts.length >= maxTexts || this.#textRoom <= 0) return;
    this.#open = { kind, part, window: new TextWindow(transferEncoding, textLimits) };
  }

  #closeText(): void {
    if (this.#open === undefined) return;
    const { kind, part, window } = this.#open;
    this.#open = undefined;
    const { head, tail, octets } = window.end();
    this.#textRoom -= head.length + tail.length;
    const charset = charsetOf(part);
    this.#texts.push({
      kind,
      head: textOf(head, charset),
      tail: tail.length === 0 ? '' : textOf(tail, charset),
      octets,
      charset,
    });
  }
}

/** Reads the message as far as the sample needs, while it arrives. */
export async function readSample(view: MessageView): Promise<MessageSample> {
  const builder = new SampleBuilder();
  for await (const chunk of view.bytes()) builder.push(chunk);
  return builder.end();
}

/** The same from octets in memory. */
export function sampleOf(octets: Buffer): MessageSample {
  const builder = new SampleBuilder();
  builder.push(octets);
  return builder.end();
}

function textKind({ isContainer, contentType }: MimePart): 'plain' | 'html' | undefined {
  if (isContainer) return undefined;
  if (contentType === 'text/html' || contentType === 'application/xhtml+xml') return 'html';
  return contentType.startsWith('text/') || contentType.startsWith('multipart/')
    ? 'plain'
    : undefined;
}

function charsetOf({ types }: MimePart): string | undefined {
  const [first] = types;
  if (first === undefined) return undefined;
  return findParameter(first.parameters, 'charset')?.trim().toLowerCase().slice(0, 40);
}

function textOf(octets: Buffer, charset: string | undefined): string {
  return decodeText(octets, charset) ?? decodeOctetString(octets.toString('latin1'));
}

function fieldsOf(block: MimePart['headers']): SampledField[] {
  const fields: SampledField[] = [];
  for (const field of block.split().fields) {
    if (fields.length >= maxFields) break;
    if (field.name === undefined) continue;
    const end = Math.min(field.end, field.start + maxValueLength);
    fields.push({
      name: field.key,
      value: unfoldedValue(field).slice(0, maxValueLength),
      raw: field.text.slice(field.start, end),
    });
  }
  return fields;
}
