import { pick } from '../random.ts';
import type { Evasion } from './evasion.ts';
import { mapHtmlText } from './html.ts';
import { htmlOf } from './letter.ts';
import { writeLetter } from './write-letter.ts';

/** `viagra` as `via<!-- meeting -->gra`. */
export const htmlComments: Evasion = {
  name: 'html-comments',
  title: 'words cut by HTML comments with a word of ham in each',
  disguise: (letter, { hamWords, random }) => {
    const cut = (word: string): string => {
      const middle = Math.floor(word.length / 2);
      const borrowed = hamWords.length === 0 ? 'x' : pick(random, hamWords);
      return `${word.slice(0, middle)}<!-- ${borrowed} -->${word.slice(middle)}`;
    };
    const html = mapHtmlText(htmlOf(letter), (text) => text.replaceAll(/[A-Za-z]{4,}/g, cut));
    return writeLetter({ ...letter, plain: undefined, html });
  },
};
