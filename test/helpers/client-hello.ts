// Owns first messages of TLS clients, written octet by octet, for what no client library would send.

function vector(lengthSize: 1 | 2 | 3, content: Buffer): Buffer {
  const length = Buffer.alloc(lengthSize);
  length.writeUIntBE(content.length, 0, lengthSize);
  return Buffer.concat([length, content]);
}

/** RFC 6066 s.3. */
export function serverNameExtension(name: Buffer): Buffer {
  const entry = Buffer.concat([Buffer.of(0), vector(2, name)]);
  return Buffer.concat([Buffer.of(0, 0), vector(2, vector(2, entry))]);
}

/** supported_groups and signature_algorithms, without which no certificate with an ECDSA key is shown. */
export const ellipticExtensions: readonly Buffer[] = [
  Buffer.concat([Buffer.of(0, 10), vector(2, vector(2, Buffer.of(0, 29, 0, 23)))]),
  Buffer.concat([Buffer.of(0, 13), vector(2, vector(2, Buffer.of(4, 3)))]),
];

/** A handshake message of TLS 1.2; without extensions, that field is missing. */
export function clientHello(extensions: readonly Buffer[] | undefined): Buffer {
  const body = Buffer.concat([
    Buffer.of(3, 3),
    Buffer.alloc(32, 7),
    vector(1, Buffer.alloc(0)),
    vector(2, Buffer.of(0xc0, 0x2b, 0xc0, 0x2f)),
    vector(1, Buffer.of(0)),
    ...(extensions === undefined ? [] : [vector(2, Buffer.concat(extensions))]),
  ]);
  return Buffer.concat([Buffer.of(1), vector(3, body)]);
}

/** In records of these sizes; the last takes what is left. */
export function recordsOf(message: Buffer, sizes: readonly number[] = []): Buffer {
  const records: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, message.length]) {
    const fragment = message.subarray(at, at + size);
    at += fragment.length;
    if (fragment.length > 0) records.push(Buffer.of(22, 3, 1), vector(2, fragment));
  }
  return Buffer.concat(records);
}
