import type { Evasion } from './evasion.ts';
import { borrowWords } from './ham-words.ts';
import { aroundBody, escapeHtml } from './html.ts';
import { writeLetter } from './write-letter.ts';

const count = 2000;
const blankLines = '\n'.repeat(60);

/** Far below the text, where hardly anybody scrolls to. */
export const goodWords: Evasion = {
  name: 'good-words',
  title: '2,000 words of ham below the text',
  disguise: (letter, means) => {
    const words = borrowWords(means, count);
    const { plain, html } = letter;
    return writeLetter({
      ...letter,
      plain: plain === undefined ? undefined : `${plain}${blankLines}${words}\n`,
      html:
        html === undefined
          ? undefined
          : aroundBody(html, '', `<div style="margin-top:3000px">${escapeHtml(words)}</div>`),
    });
  },
};
