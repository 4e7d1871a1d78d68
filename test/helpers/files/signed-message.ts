// Owns messages in an opaque signature (RFC 8551 s.3.5.2): a SignedData of RFC 5652 around the content,
// without certificates and signers, which no reader needs to show it.

const [sequence, set, oid, octetString, integer] = [0x30, 0x31, 0x06, 0x04, 0x02];
const explicit = 0xa0;
const constructed = 0x20;
const signedData = '2a864886f70d010702';
const plainData = '2a864886f70d010701';

/** `stream`: of no definite length and in pieces, as who signs while sending writes it. */
export function signedMessage(
  content: Buffer,
  how: 'whole' | 'stream' = 'whole',
  pieceOctets = 50,
): Buffer {
  const wrap = how === 'whole' ? definite : indefinite;
  const inner =
    how === 'whole'
      ? definite(octetString, content)
      : indefinite(octetString | constructed, ...pieces(content, pieceOctets));
  return wrap(
    sequence,
    definite(oid, Buffer.from(signedData, 'hex')),
    wrap(
      explicit,
      wrap(
        sequence,
        definite(integer, Buffer.from([1])),
        definite(set),
        wrap(sequence, definite(oid, Buffer.from(plainData, 'hex')), wrap(explicit, inner)),
        definite(set),
      ),
    ),
  );
}

function pieces(content: Buffer, pieceOctets: number): Buffer[] {
  const count = Math.ceil(content.length / pieceOctets);
  return Array.from({ length: count }, (_, index) =>
    definite(octetString, content.subarray(index * pieceOctets, (index + 1) * pieceOctets)),
  );
}

/** X.690 s.8.1.3 */
function definite(tag: number, ...values: readonly Buffer[]): Buffer {
  const value = Buffer.concat(values);
  const length =
    value.length < 0x80 ? [value.length] : [0x84, 0, 0, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

function indefinite(tag: number, ...values: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([tag, 0x80]), ...values, Buffer.alloc(2)]);
}
