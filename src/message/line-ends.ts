// Owns turning files into the form in which POP3 carries messages: CRLF line ends.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const crlf = Buffer.from('\r\n');

/** Every LF without CR before it becomes CRLF. The very buffer when there is none. */
export function toCrlf(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    if (at > 0 && bytes[at - 1] === carriageReturn) continue;
    pieces.push(bytes.subarray(from, at), crlf);
    from = at + 1;
  }
  if (pieces.length === 0) return bytes;
  pieces.push(bytes.subarray(from));
  return Buffer.concat(pieces);
}
