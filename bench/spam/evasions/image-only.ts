import { crc32, deflateSync } from 'node:zlib';
import { below, type Random } from '../random.ts';
import type { Evasion } from './evasion.ts';
import { writeLetter } from './write-letter.ts';

const [width, height] = [320, 200];

/** The text is in a picture; noise stands for it here, another one in each message. */
export const imageOnly: Evasion = {
  name: 'image-only',
  title: 'a picture in place of all text',
  disguise: (letter, { random }) =>
    writeLetter(
      { ...letter, plain: undefined, html: '<html><body><img src="cid:picture"></body></html>' },
      { image: noise(random) },
    ),
};

/** A PNG of one bit a pixel. */
function noise(random: Random): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const row = 1 + width / 8;
  const pixels = Buffer.alloc(row * height);
  // The first octet of a row is its filter: none.
  for (let at = 0; at < pixels.length; at++) pixels[at] = at % row === 0 ? 0 : below(random, 256);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(named.length + 8);
  frame.writeUInt32BE(content.length, 0);
  named.copy(frame, 4);
  frame.writeUInt32BE(crc32(named), named.length + 4);
  return frame;
}
