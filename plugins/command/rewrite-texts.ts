// Owns sending the texts of a message through a program, one after the other. Texts that are signed,
// encrypted or attached files keep their octets.
import type { BodyEditor } from '#plugin-api';

/** Gives the new text; throws when there is none. */
export type Rewrite = (text: string, place: TextPlace) => Promise<string>;

export interface TextPlace {
  readonly path: string;
  readonly contentType: string;
}

const textTypes: ReadonlySet<string> = new Set(['text/plain', 'text/html']);

/** Returns how many texts had to be left alone because they are too long or in an unknown charset. */
export async function rewriteTexts(
  body: BodyEditor,
  maxBytes: number,
  rewrite: Rewrite,
): Promise<number> {
  const places: TextPlace[] = [];
  // First found, then changed: the walk would otherwise see the tree change under it.
  for await (const { path, contentType, fileNames } of body.parts()) {
    if (textTypes.has(contentType) && fileNames.length === 0) places.push({ path, contentType });
  }
  let skipped = 0;
  for (const place of places) {
    if (await body.isSealed(place.path)) continue;
    const text = await body.text(place.path, maxBytes);
    if (text === undefined) skipped += 1;
    else if (text !== '') {
      const rewritten = await rewrite(text, place);
      if (rewritten !== text) await body.setText(place.path, rewritten);
    }
  }
  return skipped;
}

/** Throws when the program did not write UTF-8, or nothing at all. */
export function toText(output: Buffer): string {
  if (output.length === 0) throw new Error('the program wrote nothing');
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(output);
}
