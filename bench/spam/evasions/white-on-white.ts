import type { Evasion } from './evasion.ts';
import { borrowWords } from './ham-words.ts';
import { aroundBody, escapeHtml } from './html.ts';
import { htmlOf } from './letter.ts';
import { writeLetter } from './write-letter.ts';

const count = 300;

export const whiteOnWhite: Evasion = {
  name: 'white-on-white',
  title: '300 words of ham above and below in white on white',
  disguise: (letter, means) => {
    const hidden = (): string =>
      `<div style="color:#ffffff;background-color:#ffffff;font-size:1px">${escapeHtml(borrowWords(means, count))}</div>`;
    const html = aroundBody(htmlOf(letter), hidden(), hidden());
    return writeLetter({ ...letter, plain: undefined, html });
  },
};
