import type { Evasion } from './evasion.ts';
import { mapHtmlText } from './html.ts';
import { writeLetter } from './write-letter.ts';

/** `buy viagra now` as `buy v i a g r a now`. */
export const splitWords: Evasion = {
  name: 'split-words',
  title: 'words of five letters and more split by blanks',
  disguise: (letter) =>
    writeLetter(
      {
        ...letter,
        subject: letter.subject === undefined ? undefined : split(letter.subject),
        plain: letter.plain === undefined ? undefined : split(letter.plain),
        html: letter.html === undefined ? undefined : mapHtmlText(letter.html, split),
      },
      { subject: 'anew' },
    ),
};

function split(text: string): string {
  return text.replaceAll(/\p{L}{5,}/gu, (word) => [...word].join(' '));
}
