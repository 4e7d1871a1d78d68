import type { Evasion } from './evasion.ts';
import { borrowWords } from './ham-words.ts';
import { htmlOf } from './letter.ts';
import { writeLetter } from './write-letter.ts';

const count = 10_000;

/** Words of ham where no reader looks: before the first boundary, and in a style sheet. */
export const preamble: Evasion = {
  name: 'preamble',
  title: '10,000 words of ham before the first boundary, and as many in a style sheet',
  disguise: (letter, means) => {
    const sheet = `<style>/* ${borrowWords(means, count)} */</style>`;
    const html = htmlOf(letter);
    const start = /<(?:head|html)\b[^>]*>/i.exec(html);
    const at = start === null ? 0 : start.index + start[0].length;
    return writeLetter(
      { ...letter, html: html.slice(0, at) + sheet + html.slice(at) },
      { preamble: asAscii(borrowWords(means, count)) },
    );
  },
};

function asAscii(text: string): string {
  return text.replaceAll(/[^\n\x20-\x7e]/g, '');
}
