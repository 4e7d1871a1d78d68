// Owns the rule html-only-image.
import type { BuiltInRule } from '../built-in-rule.ts';

export const htmlOnlyImage: BuiltInRule = {
  name: 'html-only-image',
  logOdds: 1.2,
  about: 'a picture in the place of a text',
  find({ html, plainText }) {
    if (html === undefined || html.images === 0) return undefined;
    const letters = html.visibleLetters + plainText.trim().length;
    return letters < fewestLetters ? `${html.images} pictures, ${letters} letters` : undefined;
  },
};

const fewestLetters = 80;
