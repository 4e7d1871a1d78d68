// Owns undoing the filters of a stream of a PDF document, piece by piece, as far as writers of such
// documents use them.
import { Readable } from 'node:stream';
import { constants, createInflate } from 'node:zlib';

export type PdfFilter = 'flate' | 'hex' | 'base85';

const pieceBytes = 64 * 1024;

/** Throws when the content is damaged. */
export async function* decodeStream(
  octets: Buffer,
  filters: readonly PdfFilter[],
): AsyncGenerator<Buffer, void, void> {
  let pieces: Pieces = cut(octets);
  for (const [index, filter] of filters.entries()) {
    // Flate twice over is what only an attacker writes, and each layer may be a bomb.
    if (filter === 'flate' && index < filters.length - 1) throw new RangeError('twice packed');
    pieces = undo[filter](pieces);
  }
  yield* pieces;
}

type Pieces = Iterable<Buffer> | AsyncIterable<Buffer>;

const undo: Readonly<Record<PdfFilter, (pieces: Pieces) => AsyncIterable<Buffer>>> = {
  flate: (pieces) => {
    const unpacking = createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
    return Readable.from(pieces).pipe(unpacking);
  },
  hex: decodeHex,
  base85: decodeBase85,
};

function* cut(octets: Buffer): Generator<Buffer, void, void> {
  for (let at = 0; at < octets.length; at += pieceBytes) yield octets.subarray(at, at + pieceBytes);
}

async function* decodeHex(pieces: Pieces): AsyncGenerator<Buffer, void, void> {
  let left = '';
  for await (const piece of pieces) {
    const [text = '', ...behind] = piece.toString('latin1').split('>');
    const digits = left + text.replaceAll(/[^0-9a-f]/gi, '');
    const isEnd = behind.length > 0;
    const end = isEnd ? digits.length : digits.length - (digits.length % 2);
    left = digits.slice(end);
    yield Buffer.from(digits.slice(0, end) + (end % 2 === 0 ? '' : '0'), 'hex');
    if (isEnd) return;
  }
  if (left !== '') yield Buffer.from(`${left}0`, 'hex');
}

/** ISO 32000-1 s.7.4.3. */
async function* decodeBase85(pieces: Pieces): AsyncGenerator<Buffer, void, void> {
  let value = 0;
  let digits = 0;
  for await (const piece of pieces) {
    // `z` stands for four octets.
    const decoded = Buffer.allocUnsafe(piece.length * 4 + 4);
    let length = 0;
    for (const octet of piece) {
      if (octet === 0x7e) {
        yield Buffer.concat([decoded.subarray(0, length), lastGroup(value, digits)]);
        return;
      }
      if (octet === 0x7a && digits === 0) length = decoded.writeUInt32BE(0, length);
      else if (octet >= 0x21 && octet <= 0x75) {
        value = value * 85 + octet - 0x21;
        digits += 1;
      }
      if (digits < 5) continue;
      length = decoded.writeUInt32BE(value >>> 0, length);
      value = 0;
      digits = 0;
    }
    yield decoded.subarray(0, length);
  }
  yield lastGroup(value, digits);
}

function lastGroup(value: number, digits: number): Buffer {
  const group = Buffer.alloc(4);
  group.writeUInt32BE((value * 85 ** (5 - digits) + 85 ** (5 - digits) - 1) >>> 0);
  return group.subarray(0, Math.max(0, digits - 1));
}
