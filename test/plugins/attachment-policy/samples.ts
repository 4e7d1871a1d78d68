// Owns harmless files that look dangerous, and messages around them.
import { assembleEicar } from '../../../src/demo/eicar.ts';

export const eicar: Buffer = Buffer.from(assembleEicar(), 'latin1');

/** Header of a Windows program without code. */
export function windowsProgram(newHeaderOffset = 0x80): Buffer {
  const header = Buffer.alloc(512);
  header.write('MZ', 0, 'latin1');
  header.writeUInt32LE(newHeaderOffset, 0x3c);
  if (newHeaderOffset + 4 <= header.length) header.write('PE\0\0', newHeaderOffset, 'latin1');
  return header;
}

export interface SampleFile {
  readonly name?: string;
  readonly content: Buffer;
  readonly type?: string;
}

/** A letter with files in base64. */
export function letterWith(...files: readonly SampleFile[]): Buffer {
  const parts = files.map(({ name, content, type = 'application/octet-stream' }) => {
    const parameter = name === undefined ? '' : `; filename*=UTF-8''${encodeURIComponent(name)}`;
    const body = content.toString('base64').replaceAll(/.{1,76}/g, '$&\r\n');
    return [
      `Content-Type: ${type}`,
      `Content-Disposition: attachment${parameter}`,
      'Content-Transfer-Encoding: base64',
      '',
      body,
    ].join('\r\n');
  });
  const text = 'Content-Type: text/plain\r\n\r\nSee the file.\r\n';
  const body = [text, ...parts].map((part) => `--=_b\r\n${part}`).join('\r\n');
  return Buffer.from(
    `From: a@example.org\r\nSubject: Files\r\nContent-Type: multipart/mixed; boundary="=_b"\r\n\r\n${body}\r\n--=_b--\r\n`,
    'latin1',
  );
}
