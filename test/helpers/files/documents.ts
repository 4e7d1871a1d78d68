// Owns documents that carry a file: Office in its three generations, PDF, RTF, OneNote, web pages.
// They hold what a reader needs to find the file, and no more.
import { deflateSync } from 'node:zlib';
import { writeZip } from '../../../src/demo/zip-file.ts';
import { base64Lines } from '../wrapped-files.ts';
import { compoundFile, nativeObject } from './compound-file.ts';
import { u32, u64 } from './octets.ts';

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006';
const word = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';

/** ECMA-376: a Word document with one more part, to which the text refers. */
export function wordDocument(part: string, content: Buffer, relation: string): Buffer {
  const types = `${xml}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`;
  const relations = (type: string, target: string): Buffer =>
    Buffer.from(
      `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/relationships/${type}" Target="${target}"/></Relationships>`,
    );
  const text = `${xml}<w:document xmlns:w="${word}"><w:body><w:p><w:r><w:t>Hello</w:t></w:r></w:p></w:body></w:document>`;
  return writeZip([
    { name: '[Content_Types].xml', content: Buffer.from(types) },
    { name: '_rels/.rels', content: relations('officeDocument', 'word/document.xml') },
    { name: 'word/document.xml', content: Buffer.from(text) },
    { name: 'word/_rels/document.xml.rels', content: relations(relation, part) },
    { name: `word/${part}`, content },
  ]);
}

export function wordDocumentWithObject(content: Buffer): Buffer {
  const object = compoundFile({ '\x01Ole10Native': nativeObject(content) });
  return wordDocument('embeddings/oleObject1.bin', object, 'oleObject');
}

export function wordDocumentWithPackage(content: Buffer): Buffer {
  const inner = writeZip([{ name: 'report.txt', content }]);
  return wordDocument('embeddings/package1.zip', inner, 'package');
}

/** The same in one XML file, parts in base64. */
export function flatWordDocument(content: Buffer): Buffer {
  const object = compoundFile({ '\x01Ole10Native': nativeObject(content) });
  return Buffer.from(
    `${xml}<?mso-application progid="Word.Document"?>\n<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/embeddings/oleObject1.bin" pkg:contentType="application/vnd.openxmlformats-officedocument.oleObject"><pkg:binaryData>${object.toString('base64')}</pkg:binaryData></pkg:part></pkg:package>`,
  );
}

/** ODF 1.3 part 2 s.3: a file of a text document that lies in it as an object. */
export function openDocument(content: Buffer): Buffer {
  const type = Buffer.from('application/vnd.oasis.opendocument.text');
  const manifest = `${xml}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="${type}"/></manifest:manifest>`;
  return writeZip([
    { name: 'mimetype', content: type },
    { name: 'META-INF/manifest.xml', content: Buffer.from(manifest) },
    { name: 'content.xml', content: Buffer.from(`${xml}<office:document-content/>`) },
    { name: 'Object 1', content: compoundFile({ '\x01Ole10Native': nativeObject(content) }) },
  ]);
}

/** [MS-DOC] with an object in its pool. */
export function oldWordDocument(content: Buffer): Buffer {
  return compoundFile({
    WordDocument: Buffer.from('\xec\xa5\xc1\x00', 'latin1'),
    ObjectPool: { _1234567890: { '\x01Ole10Native': nativeObject(content) } },
  });
}

/** [MS-OXMSG]: a saved message with an attachment. */
export function savedMessage(content: Buffer): Buffer {
  return compoundFile({
    '__properties_version1.0': Buffer.alloc(32),
    '__attach_version1.0_#00000000': {
      '__substg1.0_37010102': content,
      '__substg1.0_3707001F': Buffer.from('report.txt', 'utf16le'),
    },
  });
}

export type PdfFilter = 'FlateDecode' | 'ASCIIHexDecode' | 'ASCII85Decode';

/** ISO 32000-1 s.7.11.4: a file in a document; the last filter was applied first. */
export function pdfWithFile(content: Buffer, ...filters: readonly PdfFilter[]): Buffer {
  const data = filters.toReversed().reduce(applyFilter, content);
  const filter = filters.map((name) => `/${name}`).join(' ');
  const objects = [
    Buffer.from(
      '<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(report.txt) 4 0 R] >> >> >>',
    ),
    Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>'),
    Buffer.from('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>'),
    Buffer.from('<< /Type /Filespec /F (report.txt) /EF << /F 5 0 R >> >>'),
    Buffer.concat([
      Buffer.from(`<< /Type /EmbeddedFile /Length ${data.length} /Filter [${filter}] >>\nstream\n`),
      data,
      Buffer.from('\nendstream'),
    ]),
  ];
  let text: Buffer = Buffer.from('%PDF-1.7\n');
  const offsets: number[] = [];
  for (const [index, object] of objects.entries()) {
    offsets.push(text.length);
    text = Buffer.concat([
      text,
      Buffer.from(`${index + 1} 0 obj\n`),
      object,
      Buffer.from('\nendobj\n'),
    ]);
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const tail = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.concat([text, Buffer.from(tail)]);
}

function applyFilter(octets: Buffer, filter: PdfFilter): Buffer {
  switch (filter) {
    case 'FlateDecode':
      return deflateSync(octets);
    case 'ASCIIHexDecode':
      return Buffer.from(`${octets.toString('hex')}>`);
    case 'ASCII85Decode':
      return Buffer.from(`${ascii85(octets)}~>`);
  }
}

function ascii85(octets: Buffer): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 4) {
    const group = octets.subarray(at, at + 4);
    let value = Buffer.concat([group, Buffer.alloc(4 - group.length)]).readUInt32BE();
    let digits = '';
    for (let digit = 0; digit < 5; digit++) {
      digits = String.fromCharCode(33 + (value % 85)) + digits;
      value = Math.floor(value / 85);
    }
    text += digits === '!!!!!' && group.length === 4 ? 'z' : digits.slice(0, group.length + 1);
  }
  return text;
}

/** RTF 1.9.1, `\objdata`: an OLE 1 object in hexadecimal digits. */
export function richText(content: Buffer): Buffer {
  const className = Buffer.from('Package\0');
  const data = nativeObject(content).subarray(4);
  const object = Buffer.concat([
    u32(0x0501),
    u32(2),
    u32(className.length),
    className,
    u64(0),
    u32(data.length),
    data,
  ]);
  const hex = object.toString('hex').replaceAll(/.{64}/g, '$&\r\n');
  return Buffer.from(`{\\rtf1 Hello {\\object\\objemb{\\*\\objdata ${hex}}}}\r\n`);
}

/** [MS-ONESTORE] s.2.6.13: a notebook's header, and a file as it lies in one. */
export function notebook(content: Buffer): Buffer {
  const file = Buffer.concat([
    Buffer.from('e716e3bd65261145a4c48d4d0b7a9eac', 'hex'),
    u64(content.length),
    Buffer.alloc(12),
    content,
    Buffer.alloc((8 - (content.length % 8)) % 8),
    Buffer.from('22a7fb7179 0f0b4abb13899256426b24'.replaceAll(' ', ''), 'hex'),
  ]);
  const header = Buffer.alloc(1024);
  header.write('e4525c7b8cd8a74daeb15378d02996d3', 'hex');
  return Buffer.concat([header, file]);
}

/** A page whose script puts a document together in the browser, and the file is in that. */
export function smugglingPage(content: Buffer): Buffer {
  const document = oldWordDocument(content).toString('base64');
  const page = `<!DOCTYPE html><html><body><p>Your report.</p><script>
const file = new Blob([Uint8Array.from(atob('${document}'), (c) => c.charCodeAt(0))]);
const link = document.createElement('a');
link.href = URL.createObjectURL(file);
link.download = 'report.doc';
link.click();
</script></body></html>\r\n`;
  return Buffer.from(page);
}

/** A page with the file in a link (RFC 2397). */
export function pageWithDataLink(content: Buffer): Buffer {
  const link = `data:application/octet-stream;base64,${content.toString('base64')}`;
  return Buffer.from(
    `<html><body><a download="report.txt" href="${link}">Report</a></body></html>`,
  );
}

/** A page saved with all that belongs to it: a message in a file. */
export function webArchive(content: Buffer): Buffer {
  return Buffer.from(
    `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="page"\r\n\r\n--page\r\nContent-Type: text/html\r\n\r\n<html></html>\r\n--page\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Location: file:///report.txt\r\n\r\n${base64Lines(content)}--page--\r\n`,
  );
}
