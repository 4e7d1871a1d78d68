// Owns archives of Unix with one file: tar in its dialects, cpio, ar. It reads none.
import { gzipSync } from 'node:zlib';
import { field, filled } from './octets.ts';

const block = 512;

/** POSIX.1-2017, pax: the ustar interchange format; `v7` is what was before it. */
export function tar(
  content: Buffer,
  name = 'report.txt',
  dialect: 'ustar' | 'v7' = 'ustar',
): Buffer {
  return Buffer.concat([tarEntry(name, '0', content, dialect), Buffer.alloc(2 * block)]);
}

/** A name too long for its field, as GNU tar writes it. */
export function gnuTar(content: Buffer): Buffer {
  const name = `${'folder/'.repeat(20)}report.txt`;
  return Buffer.concat([
    tarEntry('././@LongLink', 'L', Buffer.from(`${name}\0`), 'ustar'),
    tar(content, name.slice(0, 100)),
  ]);
}

function tarEntry(name: string, type: string, content: Buffer, dialect: 'ustar' | 'v7'): Buffer {
  const header = Buffer.concat([
    field(name, 100),
    field('0000644', 8),
    field('0000000', 8),
    field('0000000', 8),
    field(content.length.toString(8).padStart(11, '0'), 12),
    field('00000000000', 12),
    field('', 8, ' '),
    field(type, 1),
    field('', 100),
    field(dialect === 'ustar' ? 'ustar\x0000' : '', 255),
  ]);
  const sum = header.reduce((total, octet) => total + octet, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, filled(content, block)]);
}

/** cpio(5), the new ASCII format. */
export function cpio(content: Buffer): Buffer {
  return Buffer.concat([
    cpioEntry('report.txt', content),
    cpioEntry('TRAILER!!!', Buffer.alloc(0)),
  ]);
}

function cpioEntry(name: string, content: Buffer): Buffer {
  const isFile = content.length > 0;
  const numbers = [
    1,
    isFile ? 0o100644 : 0,
    0,
    0,
    1,
    0,
    content.length,
    0,
    0,
    0,
    0,
    name.length + 1,
    0,
  ];
  const hex = numbers.map((number) => number.toString(16).padStart(8, '0')).join('');
  return Buffer.concat([
    filled(Buffer.from(`070701${hex}${name}\0`, 'latin1'), 4),
    filled(content, 4),
  ]);
}

/** cpio(5), the old ASCII format. */
export function oldCpio(content: Buffer): Buffer {
  const entry = (name: string, octets: Buffer): Buffer => {
    const small = [0, 1, octets.length > 0 ? 0o100644 : 0, 0, 0, 1, 0];
    const digits = small.map((number) => number.toString(8).padStart(6, '0')).join('');
    const sizes = [0, name.length + 1, octets.length].map((number, index) =>
      number.toString(8).padStart(index === 1 ? 6 : 11, '0'),
    );
    return Buffer.concat([Buffer.from(`070707${digits}${sizes.join('')}${name}\0`), octets]);
  };
  return filled(
    Buffer.concat([entry('report.txt', content), entry('TRAILER!!!', Buffer.alloc(0))]),
    block,
  );
}

/** ar(5), the common format. */
export function ar(...files: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const entries = files.map(([name, content]) =>
    Buffer.concat([
      Buffer.from(
        `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`,
      ),
      Buffer.from(`${String(content.length).padEnd(10)}\`\n`),
      content,
      Buffer.from(content.length % 2 === 0 ? '' : '\n'),
    ]),
  );
  return Buffer.concat([Buffer.from('!<arch>\n'), ...entries]);
}

/** deb(5) */
export function debianPackage(content: Buffer): Buffer {
  const control = Buffer.from('Package: report\nVersion: 1\nArchitecture: all\n');
  return ar(
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar.gz', gzipSync(tar(control, './control'))],
    ['data.tar.gz', gzipSync(tar(content, './report.txt'))],
  );
}
