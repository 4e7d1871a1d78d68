// Owns the look into Office documents that are one file of text: WordprocessingML of 2003, packages
// written flat, and web archives. Macros lie in them as a file of the type ActiveMime.
import { InnerFile } from '../examined-file.ts';
import type { Opener } from '../opener.ts';
import { markupText, maxMarkupBytes } from './markup-text.ts';

// `ActiveMime` in base64, and the attribute that says that it is there.
const signs: readonly (readonly [pattern: RegExp, detail: string])[] = [
  [/QWN0aXZlTWlt/, 'ActiveMime'],
  [/\bw:macrosPresent\s{0,50}=\s{0,50}["']yes/i, 'macrosPresent'],
  [/\beditdata\.mso\b/i, 'editdata.mso'],
  // OpenDocument in one file.
  [/<(?:[^\s<>/"'=]{1,50}:)?source-code\b/i, 'source-code'],
];

/** The parts of a package that are no XML, and the pictures and objects of 2003. */
const binaryPart = /<(?:\w{1,20}:)?bin(?:aryData|Data)\b([^<>]{0,500})>([^<]*)</gi;
const partName = /name\s{0,20}=\s{0,20}"([^"]{1,200})"/i;

export const openFlatOffice: Opener = async function* (_file, { note, whole, work }) {
  const text = markupText(await whole(maxMarkupBytes));
  const found = signs.find(([pattern]) => pattern.test(text));
  if (found !== undefined) note('macro', found[1]);
  for (const [, attributes = '', base64 = ''] of text.matchAll(binaryPart)) {
    // Virus scanners take the file for text and do not decode it.
    note('hidden-structure', 'files in base64');
    const content = Buffer.from(base64, 'base64');
    const name = partName.exec(attributes)?.[1];
    work.startEntry();
    const about = { names: name === undefined ? [] : [name], claimedOctets: content.length };
    yield new InnerFile(about, once(content), work);
  }
};

async function* once(content: Buffer): AsyncGenerator<Buffer, void, void> {
  yield content;
}
