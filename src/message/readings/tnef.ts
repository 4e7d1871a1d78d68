// Owns the outline of winmail.dat ([MS-OXTNEF]): which files, texts and messages lie where in it. It
// reads no content, and believes no length further than the octets go.
import { type Format, OctetParser } from './octet-parser.ts';

export type TnefItemKind = 'file' | 'text' | 'html' | 'compressedRtf' | 'tnef';

/** A stretch of octets of the stream, counted from its beginning. */
export interface TnefItem {
  readonly kind: TnefItemKind;
  readonly names: readonly string[];
  readonly start: number;
  readonly end: number;
}

export interface TnefOutline {
  readonly items: readonly TnefItem[];
  /** Damaged: something that could not be understood stands in it. */
  readonly state: 'whole' | 'damaged';
}

export const tnefSignature = Buffer.from([0x78, 0x9f, 0x3e, 0x22]);

const attachRendering = 0x00069002;
const attachData = 0x0006800f;
const attachTitle = 0x00018010;
const attachTransportName = 0x00069001;
const attachProperties = 0x00069005;
const messageProperties = 0x00069003;
const recipientTable = 0x00069004;
const body = 0x0002800c;

const propText = 0x1000;
const propCompressedRtf = 0x1009;
const propHtml = 0x1013;
const propDisplayName = 0x3001;
const propAttachData = 0x3701;
const propExtension = 0x3703;
const propFileName = 0x3704;
const propLongFileName = 0x3707;
const nameProperties = new Set([propDisplayName, propFileName, propLongFileName, 0x3708, 0x370d]);

const typeNull = 0x0001;
const typeObject = 0x000d;
const typeString8 = 0x001e;
const typeUnicode = 0x001f;
const typeBinary = 0x0102;
const multiValued = 0x1000;
// Names are short; of a longer value the beginning is kept.
const maxNameOctets = 2048;
const maxItems = 2000;
const maxPropertyCount = 100_000;
/** Before the TNEF of an embedded message stands the identifier of its interface. */
const interfaceIdOctets = 16;

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** One attachment while it is read: attributes of the format and MAPI properties may both name it. */
interface OpenFile {
  readonly names: Set<string>;
  readonly contents: { readonly kind: 'file' | 'tnef'; readonly stretch: Stretch }[];
}

export class TnefReader {
  readonly #parser: OctetParser<TnefOutline>;

  constructor() {
    this.#parser = new OctetParser(new TnefFormat().read());
  }

  push(chunk: Buffer): void {
    this.#parser.push(chunk);
  }

  end(): TnefOutline {
    return this.#parser.end() ?? { items: [], state: 'damaged' };
  }
}

class TnefFormat {
  #position = 0;
  #isDamaged = false;
  readonly #items: TnefItem[] = [];
  #file: OpenFile | undefined;

  *read(): Format<TnefOutline> {
    const head = yield* this.#take(6);
    if (!head.subarray(0, 4).equals(tnefSignature)) this.#isDamaged = true;
    while (!this.#isDamaged) {
      const attribute = yield* this.#take(9);
      const level = attribute[0];
      if (attribute.length < 9 || (level !== 1 && level !== 2)) {
        // Zeros fill the end in some files; anything else is no attribute.
        this.#isDamaged = attribute.some((octet) => octet !== 0);
        break;
      }
      const tag = attribute.readUInt32LE(1);
      const octets = attribute.readUInt32LE(5);
      yield* this.#readAttribute(tag, octets);
      const checksum = yield* this.#take(2);
      if (checksum.length < 2) this.#isDamaged = true;
    }
    this.#closeFile();
    return { items: this.#items, state: this.#isDamaged ? 'damaged' : 'whole' };
  }

  *#readAttribute(tag: number, octets: number): Format<void> {
    const stretch = { start: this.#position, end: this.#position + octets };
    switch (tag) {
      case attachRendering:
        this.#closeFile();
        this.#file = { names: new Set(), contents: [] };
        break;
      case attachTitle:
      case attachTransportName: {
        const text = yield* this.#take(Math.min(octets, maxNameOctets));
        this.#openFile().names.add(textOf(text, typeString8));
        break;
      }
      case attachData:
        this.#openFile().contents.push({ kind: 'file', stretch });
        break;
      case body:
        this.#addItem('text', [], stretch);
        break;
      case attachProperties:
      case messageProperties:
        yield* this.#readProperties(tag === attachProperties ? 'attachment' : 'message', stretch);
        break;
      case recipientTable:
        break;
    }
    yield* this.#skipTo(stretch.end);
  }

  *#readProperties(owner: 'attachment' | 'message', { end }: Stretch): Format<void> {
    const count = yield* this.#takeNumber();
    for (let index = 0; index < count && this.#position < end; index += 1) {
      if (index >= maxPropertyCount) this.#isDamaged = true;
      if (this.#isDamaged) return;
      const tag = yield* this.#takeNumber();
      const type = tag & 0xffff;
      const id = tag >>> 16;
      if (id >= 0x8000) yield* this.#skipPropertyName();
      yield* this.#readValues(owner, id, type, end);
    }
  }

  /** Named properties: a GUID, then a number or a text. */
  *#skipPropertyName(): Format<void> {
    yield* this.#skipTo(this.#position + 16);
    const kind = yield* this.#takeNumber();
    if (kind === 0) {
      yield* this.#skipTo(this.#position + 4);
      return;
    }
    const octets = yield* this.#takeNumber();
    yield* this.#skipTo(this.#position + padded(octets));
  }

  *#readValues(
    owner: 'attachment' | 'message',
    id: number,
    type: number,
    end: number,
  ): Format<void> {
    const single = type & ~multiValued;
    const isVariable =
      single === typeString8 ||
      single === typeUnicode ||
      single === typeBinary ||
      single === typeObject;
    const isCounted = isVariable || (type & multiValued) !== 0;
    const count = isCounted ? yield* this.#takeNumber() : 1;
    // Values of no length take no octets, however many there are said to be.
    if (single === typeNull) return;
    for (let index = 0; index < count && !this.#isDamaged; index += 1) {
      const octets = isVariable ? yield* this.#takeNumber() : fixedOctets(single);
      const start = this.#position;
      if (octets === undefined || start + octets > end || index >= maxPropertyCount) {
        this.#isDamaged = true;
        return;
      }
      if (isVariable) yield* this.#readValue(owner, id, single, { start, end: start + octets });
      yield* this.#skipTo(start + padded(octets));
    }
  }

  *#readValue(
    owner: 'attachment' | 'message',
    id: number,
    type: number,
    stretch: Stretch,
  ): Format<void> {
    if (owner === 'message') {
      const kinds = {
        [propText]: 'text',
        [propHtml]: 'html',
        [propCompressedRtf]: 'compressedRtf',
      } as const;
      const kind = (kinds as Readonly<Record<number, TnefItemKind>>)[id];
      if (kind !== undefined) this.#addItem(kind, [], stretch);
      return;
    }
    if (nameProperties.has(id)) {
      const octets = Math.min(stretch.end - stretch.start, maxNameOctets);
      this.#openFile().names.add(textOf(yield* this.#take(octets), type));
    } else if (id === propExtension) {
      const octets = Math.min(stretch.end - stretch.start, maxNameOctets);
      const extension = textOf(yield* this.#take(octets), type);
      if (extension !== '') this.#openFile().names.add(`attachment${extension}`);
    } else if (id === propAttachData) {
      const lead = type === typeObject ? interfaceIdOctets : 0;
      const head = yield* this.#take(Math.min(lead + 4, stretch.end - stretch.start));
      const kind = head.subarray(lead).equals(tnefSignature) ? 'tnef' : 'file';
      const start = Math.min(stretch.start + lead, stretch.end);
      this.#openFile().contents.push({ kind, stretch: { start, end: stretch.end } });
    }
  }

  #openFile(): OpenFile {
    this.#file ??= { names: new Set(), contents: [] };
    return this.#file;
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    const names = [...file.names].filter((name) => name !== '');
    for (const { kind, stretch } of file.contents) this.#addItem(kind, names, stretch);
  }

  #addItem(kind: TnefItemKind, names: readonly string[], { start, end }: Stretch): void {
    if (this.#items.length >= maxItems) this.#isDamaged = true;
    else if (end > start) this.#items.push({ kind, names, start, end });
  }

  *#take(octets: number): Format<Buffer> {
    const taken = yield { kind: 'take', octets };
    this.#position += taken.length;
    return taken;
  }

  *#takeNumber(): Format<number> {
    const octets = yield* this.#take(4);
    if (octets.length === 4) return octets.readUInt32LE(0);
    this.#isDamaged = true;
    return 0;
  }

  *#skipTo(position: number): Format<void> {
    if (position <= this.#position) return;
    yield { kind: 'skip', octets: position - this.#position };
    this.#position = position;
  }
}

function padded(octets: number): number {
  return Math.ceil(octets / 4) * 4;
}

/** Values of a fixed length, padded to four octets; undefined for a type that is not known. */
function fixedOctets(type: number): number | undefined {
  switch (type) {
    case 0x0002:
    case 0x0003:
    case 0x0004:
    case 0x000a:
    case 0x000b:
      return 4;
    case 0x0005:
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case 0x0040:
      return 8;
    case 0x0048:
      return 16;
    default:
      return undefined;
  }
}

/** Up to the NUL that ends it. */
function textOf(octets: Buffer, type: number): string {
  const text = type === typeUnicode ? octets.toString('utf16le') : octets.toString('latin1');
  return text.split('\0', 1)[0] ?? '';
}
