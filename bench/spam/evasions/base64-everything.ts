import type { Evasion } from './evasion.ts';
import { writeLetter } from './write-letter.ts';

export const base64Everything: Evasion = {
  name: 'base64-everything',
  title: 'all texts and the subject in base64',
  disguise: (letter) => writeLetter(letter, { encoding: 'base64', subject: 'base64' }),
};
