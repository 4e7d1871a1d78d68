// Owns the form in which content lies on the disk: encrypted, so that any change is noticed. Octets to
// octets, in one pass and bounded memory; it opens no file and keeps no key.
//
// Header: `postern` and the version (8 octets), a random salt (32). Then chunks of 64 KiB, each
// AES-256-GCM with its tag (16) behind it; the last one is shorter or full, and never absent. The key
// is made of the master key, the salt and a label, so that no key is ever used for two contents, and
// content put in the place of another does not open. A nonce is the number of the chunk; whether it is
// the last one is authenticated with it (STREAM: Hoang, Reyhanitabar, Rogaway, Vizar, 2015), which
// shows chunks that are missing, repeated or in another order.
import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const magic = Buffer.from('postern\x01', 'latin1');
const saltOctets = 32;
const headerOctets = magic.length + saltOctets;
const chunkOctets = 64 * 1024;
const tagOctets = 16;
const sealedChunkOctets = chunkOctets + tagOctets;
const cipherName = 'aes-256-gcm';

type Position = 'inner' | 'last';

/** How long content of so many octets becomes. */
export function sealedLength(octets: number): number {
  const chunks = Math.max(1, Math.ceil(octets / chunkOctets));
  return headerOctets + octets + chunks * tagOctets;
}

/** `label` says what the content is; without the same one it does not open. */
export async function* seal(
  masterKey: KeyObject,
  label: string,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltOctets);
  const key = contentKey(masterKey, salt, label);
  yield Buffer.concat([magic, salt]);
  let number = 0;
  for await (const { octets, position } of inChunks(content, chunkOctets)) {
    const cipher = createCipheriv(cipherName, key, nonceOf(number));
    cipher.setAAD(flagOf(position));
    const parts = [cipher.update(octets), cipher.final()];
    yield Buffer.concat([...parts, cipher.getAuthTag()]);
    number += 1;
  }
}

/**
 * Gives nothing that has not been found genuine, but what is wrong may stand at the end: only who has
 * read all of it has the content. Throws an Error that says what is wrong.
 */
export async function* unseal(
  masterKey: KeyObject,
  label: string,
  sealed: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  let key: Buffer | undefined;
  let number = 0;
  for await (const { octets, position } of inChunks(sealed, sealedChunkOctets, headerOctets)) {
    if (key === undefined) {
      if (octets.length < headerOctets) throw new Error('the header is not whole');
      if (!octets.subarray(0, magic.length).equals(magic)) {
        throw new Error('it is not of this kind or version');
      }
      key = contentKey(masterKey, octets.subarray(magic.length), label);
      if (position === 'last') throw new Error('there is nothing behind the header');
      continue;
    }
    if (octets.length < tagOctets) throw new Error('it is cut off');
    const end = octets.length - tagOctets;
    const decipher = createDecipheriv(cipherName, key, nonceOf(number), {
      authTagLength: tagOctets,
    });
    decipher.setAAD(flagOf(position));
    decipher.setAuthTag(octets.subarray(end));
    const parts = [decipher.update(octets.subarray(0, end))];
    try {
      parts.push(decipher.final());
    } catch (cause) {
      throw new Error(`chunk ${number} is not genuine`, { cause });
    }
    if (end > 0) yield Buffer.concat(parts);
    number += 1;
  }
}

interface Chunk {
  readonly octets: Buffer;
  readonly position: Position;
}

/**
 * Full chunks, the first one of another length if need be, and a last one of what is left: empty only
 * when there is nothing at all. An octet of the next chunk must have come before one is known not to be
 * the last.
 */
async function* inChunks(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  length: number,
  firstLength = length,
): AsyncGenerator<Chunk> {
  let chunk = Buffer.allocUnsafe(firstLength);
  let filled = 0;
  for await (const piece of source) {
    let at = 0;
    while (at < piece.length) {
      if (filled === chunk.length) {
        yield { octets: chunk, position: 'inner' };
        chunk = Buffer.allocUnsafe(length);
        filled = 0;
      }
      const copied = piece.copy(chunk, filled, at);
      at += copied;
      filled += copied;
    }
  }
  yield { octets: chunk.subarray(0, filled), position: 'last' };
}

function contentKey(masterKey: KeyObject, salt: Buffer, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, salt, `postern sealed content 1\0${label}`, 32));
}

/** 96 bits, big-endian. No key is used twice, so that counting from 0 repeats no nonce. */
function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number), 4);
  return nonce;
}

function flagOf(position: Position): Buffer {
  return Buffer.of(position === 'last' ? 1 : 0);
}
