// Owns writing of Office documents for tests, as small as they can be.
import { type BuiltEntry, buildZip } from '../archives/zip-builder.ts';

const mainParts = {
  word: 'word/document.xml',
  xl: 'xl/workbook.xml',
  ppt: 'ppt/presentation.xml',
} as const;

export function officeFile(
  program: keyof typeof mainParts,
  parts: Readonly<Record<string, Buffer>> = {},
  types = '',
): Buffer {
  const entries: BuiltEntry[] = [
    { name: '[Content_Types].xml', content: Buffer.from(`<Types>${types}</Types>`) },
    { name: mainParts[program], content: Buffer.from('<x/>') },
  ];
  for (const [name, content] of Object.entries(parts)) entries.push({ name, content });
  return buildZip(entries);
}

export function relationships(type: string, target: string): Buffer {
  const base = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  return Buffer.from(
    `<Relationships><Relationship Id="a" Type="${base}/${type}" Target="${target}" TargetMode="External"/></Relationships>`,
  );
}

/** The stream that "Packager" writes for a file that is dropped into a document. */
export function nativeObject(name: string, content: Buffer): Buffer {
  const number = (value: number): Buffer => {
    const octets = Buffer.alloc(4);
    octets.writeUInt32LE(value);
    return octets;
  };
  const path = Buffer.from(`C:\\x\\${name}\0`, 'latin1');
  const fields = Buffer.concat([
    Buffer.from([2, 0]),
    Buffer.from(`${name}\0`, 'latin1'),
    path,
    Buffer.from([0, 0, 3, 0]),
    number(path.length),
    path,
    number(content.length),
    content,
  ]);
  return Buffer.concat([number(fields.length), fields]);
}
