// Owns what the parts of a message allow: which texts may be set anew, and whether all of it consists of
// lines, so that line ends can be mended without damage. It changes nothing.
import type { BodyEditor, MessagePart } from '#plugin-api';

export interface Survey {
  readonly texts: readonly { readonly path: string; readonly isMarked: boolean }[];
  /** No part is signed, encrypted, or holds octets that only look like line ends. */
  readonly consistsOfLines: boolean;
}

const bom = Buffer.from('\ufeff');
const readableTexts: ReadonlySet<string> = new Set(['text/plain', 'text/html']);

export async function surveyOf(body: BodyEditor): Promise<Survey> {
  const texts: { path: string; isMarked: boolean }[] = [];
  let consistsOfLines = true;
  for await (const part of body.parts()) {
    if (await body.isSealed(part.path)) {
      consistsOfLines = false;
    } else if (!part.isContainer) {
      if (readableTexts.has(part.contentType) && part.fileNames.length === 0) {
        const isMarked = (await part.head(bom.length)).equals(bom);
        texts.push({ path: part.path, isMarked });
      }
      consistsOfLines &&= await isOfLines(part);
    }
  }
  return { texts, consistsOfLines };
}

/** RFC 2045 s.2.9: binary has no lines. What claims to have some may be a file as it is all the same. */
async function isOfLines(part: MessagePart): Promise<boolean> {
  const encoding = part.headers.get('Content-Transfer-Encoding')?.toLowerCase() ?? '';
  if (encoding.includes('binary')) return false;
  if (/^(?:base64|quoted-printable)$/.test(encoding)) return true;
  // A text in UTF-16 has NUL octets; a text in another 8-bit charset is one of lines.
  const foreign = part.contentType.startsWith('text/') ? /\0/ : /[^\t\r\n -~]/;
  for await (const piece of part.content()) {
    if (foreign.test(piece.toString('latin1'))) return false;
  }
  return true;
}
