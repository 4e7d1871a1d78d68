// Owns the line ends that a message was signed with: RFC 6376 s.5.3 has it signed with CRLF, whatever
// a server has made of them since. Pure.

const cr = 0x0d;
const loneLf = /(?<!\r)\n/g;

/** The same message with CRLF for each lone LF, over any chunking. */
export async function* withCrlf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let endsWithCr = false;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    yield converted(chunk, endsWithCr);
    endsWithCr = chunk.at(-1) === cr;
  }
}

function converted(chunk: Buffer, isAfterCr: boolean): Buffer {
  const text = chunk.toString('latin1');
  const first = isAfterCr && text.startsWith('\n') ? 1 : 0;
  const rest = text.slice(first);
  const crlf = rest.replaceAll(loneLf, '\r\n');
  return crlf.length === rest.length ? chunk : Buffer.from(text.slice(0, first) + crlf, 'latin1');
}
