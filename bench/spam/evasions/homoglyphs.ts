import type { Evasion } from './evasion.ts';
import { mapHtmlText } from './html.ts';
import { writeLetter } from './write-letter.ts';

const cyrillic: ReadonlyMap<string, string> = new Map(
  [...'aceopxyisjABCEHIKMOPTX'].map((letter, at) => [
    letter,
    [...'асеорхуіѕјАВСЕНІКМОРТХ'][at] ?? letter,
  ]),
);

/** Letters that look the same and are others. */
export const homoglyphs: Evasion = {
  name: 'homoglyphs',
  title: 'Cyrillic letters in place of Latin ones that look the same',
  disguise: (letter) =>
    writeLetter(
      {
        ...letter,
        subject: letter.subject === undefined ? undefined : replaceLetters(letter.subject),
        plain: letter.plain === undefined ? undefined : replaceLetters(letter.plain),
        html: letter.html === undefined ? undefined : mapHtmlText(letter.html, replaceLetters),
      },
      { subject: 'anew' },
    ),
};

/** Addresses of pages stay, or they would lead elsewhere. */
function replaceLetters(text: string): string {
  return text.replaceAll(/\S+/g, (word) =>
    /[/@]|www\./.test(word) ? word : [...word].map((sign) => cyrillic.get(sign) ?? sign).join(''),
  );
}
