import type { Evasion } from './evasion.ts';
import { writeLetter } from './write-letter.ts';

export const charsetTricks: Evasion = {
  name: 'charset-tricks',
  title: 'all texts in UTF-16, the subject in base64',
  disguise: (letter) =>
    writeLetter(letter, { charset: 'utf-16le', encoding: 'base64', subject: 'base64' }),
};
