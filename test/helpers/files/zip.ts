// Owns writing of zip archives with one file in every form that the format has (APPNOTE.TXT).
// It reads none.
import { createCipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { u16, u32, u64 } from './octets.ts';

export interface ZipForm {
  readonly name?: string;
  /** In the header before the data, in place of the name. */
  readonly localName?: string;
  /** How the content is packed; a number is a method whose octets are given. */
  readonly method?: 'stored' | 'deflated' | { readonly number: number; readonly packed: Buffer };
  /** Where the sizes stand. */
  readonly sizes?: 'plain' | 'zip64' | 'behind';
  readonly encryption?: 'none' | 'traditional' | 'aes';
  /** Octets before and behind the archive, which the offsets in it do not count. */
  readonly before?: Buffer;
  readonly behind?: Buffer;
}

const maximum = 0xffff_ffff;
const isEncryptedFlag = 1;
const sizesBehindFlag = 8;
const password = Buffer.from('secret');
// 1980-01-01 00:00, the earliest MS-DOS date.
const dosDate = 0x0021;
const nothing = Buffer.alloc(0);

export function zipOf(content: Buffer, form: ZipForm = {}): Buffer {
  const { name = 'report.txt', sizes = 'plain', encryption = 'none' } = form;
  const plain = packed(content, form.method ?? 'deflated');
  const data = encrypted(plain.octets, encryption, content);
  const method = encryption === 'aes' ? 99 : plain.method;
  const isZip64 = sizes === 'zip64';
  const isBehind = sizes === 'behind';
  const flags = (encryption === 'none' ? 0 : isEncryptedFlag) | (isBehind ? sizesBehindFlag : 0);
  const aesExtra = encryption === 'aes' ? aesField(plain.method) : nothing;
  // s.4.3.7 and s.4.3.12: from "version needed" to "extra field length" the headers are alike.
  const shared = (where: 'local' | 'central', nameOctets: Buffer, extra: Buffer): Buffer => {
    const isUnknown = isBehind && where === 'local';
    const size = (octets: number): Buffer => u32(isUnknown ? 0 : isZip64 ? maximum : octets);
    return Buffer.concat([
      u16(isZip64 ? 45 : 20),
      u16(flags),
      u16(method),
      u16(0),
      u16(dosDate),
      u32(isUnknown || encryption === 'aes' ? 0 : crc32(content)),
      size(data.length),
      size(content.length),
      u16(nameOctets.length),
      u16(extra.length),
    ]);
  };
  const bothSizes = Buffer.concat([u64(content.length), u64(data.length)]);
  const localExtra = Buffer.concat([aesExtra, isZip64 ? extraField(1, bothSizes) : nothing]);
  const localName = Buffer.from(form.localName ?? name);
  const local = Buffer.concat([
    Buffer.from('PK\x03\x04', 'latin1'),
    shared('local', localName, localExtra),
    localName,
    localExtra,
    data,
    isBehind ? sizesBehind(content, data) : nothing,
  ]);
  const centralExtra = Buffer.concat([
    aesExtra,
    isZip64 ? extraField(1, Buffer.concat([bothSizes, u64(0)])) : nothing,
  ]);
  const centralName = Buffer.from(name);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    shared('central', centralName, centralExtra),
    Buffer.alloc(10),
    u32(isZip64 ? maximum : 0),
    centralName,
    centralExtra,
  ]);
  const end = isZip64 ? zip64End(local, central) : endOf(1, central.length, local.length);
  return Buffer.concat([form.before ?? nothing, local, central, end, form.behind ?? nothing]);
}

function packed(
  content: Buffer,
  method: NonNullable<ZipForm['method']>,
): { readonly method: number; readonly octets: Buffer } {
  if (method === 'stored') return { method: 0, octets: content };
  if (method === 'deflated') return { method: 8, octets: deflateRawSync(content) };
  return { method: method.number, octets: method.packed };
}

function endOf(entries: number, directoryOctets: number, offset: number): Buffer {
  return Buffer.concat([
    Buffer.from('PK\x05\x06', 'latin1'),
    Buffer.alloc(4),
    u16(entries),
    u16(entries),
    u32(directoryOctets),
    u32(offset),
    u16(0),
  ]);
}

/** s.4.3.14 and s.4.3.15. */
function zip64End(local: Buffer, central: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('PK\x06\x06', 'latin1'),
    u64(44),
    u16(45),
    u16(45),
    u32(0),
    u32(0),
    u64(1),
    u64(1),
    u64(central.length),
    u64(local.length),
    Buffer.from('PK\x06\x07', 'latin1'),
    u32(0),
    u64(local.length + central.length),
    u32(1),
    endOf(0xffff, maximum, maximum),
  ]);
}

/** s.4.3.9: for who writes a stream. */
function sizesBehind(content: Buffer, data: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('PK\x07\x08', 'latin1'),
    u32(crc32(content)),
    u32(data.length),
    u32(content.length),
  ]);
}

function extraField(id: number, octets: Buffer): Buffer {
  return Buffer.concat([u16(id), u16(octets.length), octets]);
}

function encrypted(
  octets: Buffer,
  encryption: NonNullable<ZipForm['encryption']>,
  content: Buffer,
): Buffer {
  switch (encryption) {
    case 'none':
      return octets;
    case 'traditional':
      return traditional(
        Buffer.concat([Buffer.alloc(11), u32(crc32(content)).subarray(3), octets]),
      );
    case 'aes':
      return aes(octets);
  }
}

/** s.6.1: three keys that every octet moves on. */
function traditional(octets: Buffer): Buffer {
  let [key0, key1, key2] = [0x12345678, 0x23456789, 0x34567890];
  const step = (octet: number): void => {
    key0 = crcStep(key0, octet);
    key1 = (Math.imul(key1 + (key0 & 0xff), 134_775_813) + 1) >>> 0;
    key2 = crcStep(key2, key1 >>> 24);
  };
  for (const octet of password) step(octet);
  return Buffer.from(
    octets.map((octet) => {
      const mask = (key2 | 2) & 0xffff;
      step(octet);
      return octet ^ ((Math.imul(mask, mask ^ 1) >>> 8) & 0xff);
    }),
  );
}

/** CRC-32 of one octet without the inversions at both ends. */
function crcStep(crc: number, octet: number): number {
  return ~crc32(Buffer.from([octet]), ~crc >>> 0) >>> 0;
}

/** WinZip's AE-2: 256 bits, counter from 1 in little endian. */
function aes(octets: Buffer): Buffer {
  const salt = Buffer.alloc(16, 7);
  const keys = pbkdf2Sync(password, salt, 1000, 66, 'sha1');
  const cipher = createCipheriv('aes-256-ecb', keys.subarray(0, 32), null).setAutoPadding(false);
  const blocks = Array.from({ length: Math.ceil(octets.length / 16) }, (_, index) =>
    cipher.update(Buffer.concat([u64(index + 1), Buffer.alloc(8)])),
  );
  const mask = Buffer.concat(blocks);
  const hidden = Buffer.from(octets.map((octet, index) => octet ^ (mask[index] ?? 0)));
  const proof = createHmac('sha1', keys.subarray(32, 64)).update(hidden).digest();
  return Buffer.concat([salt, keys.subarray(64), hidden, proof.subarray(0, 10)]);
}

function aesField(method: number): Buffer {
  return extraField(
    0x9901,
    Buffer.concat([u16(2), Buffer.from('AE'), Buffer.from([3]), u16(method)]),
  );
}
