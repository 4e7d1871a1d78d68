// Owns writing of files in the wrappings that mail knows beside MIME: uuencode, yEnc, winmail.dat, UTF-7.

export function base64Lines(content: Buffer, lineLength = 76): string {
  return content.toString('base64').replaceAll(new RegExp(`.{1,${lineLength}}`, 'g'), '$&\r\n');
}

export interface UuOptions {
  /** What stands for six zero bits. */
  readonly zero?: '`' | ' ';
  readonly end?: 'whole' | 'missing';
}

export function uuencode(name: string, content: Buffer, options: UuOptions = {}): string {
  const { zero = '`', end = 'whole' } = options;
  const digit = (value: number): string => (value === 0 ? zero : String.fromCharCode(value + 32));
  const lines: string[] = [];
  for (let at = 0; at < content.length; at += 45) {
    const line = content.subarray(at, at + 45);
    const padded = Buffer.concat([line, Buffer.alloc((3 - (line.length % 3)) % 3)]);
    let digits = digit(line.length);
    for (let group = 0; group < padded.length; group += 3) {
      const bits = padded.readUIntBE(group, 3);
      digits += [18, 12, 6, 0].map((shift) => digit((bits >>> shift) & 0x3f)).join('');
    }
    lines.push(digits);
  }
  const tail = end === 'whole' ? `${zero}\r\nend\r\n` : '';
  return `begin 644 ${name}\r\n${lines.join('\r\n')}\r\n${tail}`;
}

export function yencode(
  name: string,
  content: Buffer,
  part?: { readonly part: number; readonly total: number },
): string {
  let text = '';
  for (const octet of content) {
    const value = (octet + 42) & 0xff;
    const isCritical = value === 0 || value === 10 || value === 13 || value === 61;
    text += isCritical
      ? `=${String.fromCharCode((value + 64) & 0xff)}`
      : String.fromCharCode(value);
  }
  const lines = text.replaceAll(/(?:=[\s\S]|[^=]){1,128}/g, '$&\r\n');
  const size = content.length;
  const ofMany = part === undefined ? '' : `part=${part.part} total=${part.total} `;
  const range = part === undefined ? '' : `=ypart begin=1 end=${size}\r\n`;
  return `=ybegin ${ofMany}line=128 size=${size} name=${name}\r\n${range}${lines}=yend size=${size}\r\n`;
}

/** Every character shifted, as no writer does and every reader understands. */
export function utf7(text: string): string {
  const units = Buffer.from(text, 'utf16le').swap16();
  return `+${units.toString('base64').replaceAll('=', '')}-`;
}

export interface TnefFile {
  readonly name: string;
  readonly content: Buffer;
}

/** Attributes of [MS-OXTNEF] s.2.1.3; the checksum is the sum of all octets. */
function attribute(level: 1 | 2, tag: number, content: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt8(level, 0);
  head.writeUInt32LE(tag, 1);
  head.writeUInt32LE(content.length, 5);
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(content.reduce((total, octet) => (total + octet) & 0xffff, 0));
  return Buffer.concat([head, content, sum]);
}

function number(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value >>> 0);
  return octets;
}

function property(type: number, id: number, value: Buffer): Buffer {
  const tag = number(((id << 16) | type) >>> 0);
  const filling = Buffer.alloc((4 - (value.length % 4)) % 4);
  return Buffer.concat([tag, number(1), number(value.length), value, filling]);
}

function tnefOf(...attributes: readonly Buffer[]): Buffer {
  const signature = Buffer.from([0x78, 0x9f, 0x3e, 0x22, 0x01, 0x00]);
  return Buffer.concat([signature, attribute(1, 0x00089006, number(0x00010000)), ...attributes]);
}

/** winmail.dat with files as old writers put them, and with a text. */
export function tnef(text: string, files: readonly TnefFile[]): Buffer {
  return tnefOf(
    attribute(1, 0x0002800c, Buffer.from(`${text}\0`)),
    ...files.flatMap(({ name, content }) => [
      attribute(2, 0x00069002, Buffer.alloc(14)),
      attribute(2, 0x0006800f, content),
      attribute(2, 0x00018010, Buffer.from(`${name}\0`)),
    ]),
  );
}

/** winmail.dat with a file, or another message, among the MAPI properties of an attachment. */
export function tnefWithProperties(file: TnefFile, kind: 'file' | 'message'): Buffer {
  const lead = kind === 'message' ? Buffer.alloc(16, 0x07) : Buffer.alloc(0);
  const properties = [
    property(0x001f, 0x3707, Buffer.from(`${file.name}\0`, 'utf16le')),
    Buffer.concat([number(0x37050003), number(1)]),
    property(kind === 'message' ? 0x000d : 0x0102, 0x3701, Buffer.concat([lead, file.content])),
  ];
  return tnefOf(
    attribute(2, 0x00069002, Buffer.alloc(14)),
    attribute(2, 0x00069005, Buffer.concat([number(properties.length), ...properties])),
  );
}
