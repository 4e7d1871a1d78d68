// Owns the rule turned-text.
import type { BuiltInRule } from '../built-in-rule.ts';

export const turnedText: BuiltInRule = {
  name: 'turned-text',
  logOdds: 2,
  about: 'characters that turn the direction of text, in the sender, the subject or a file name',
  find({ from, subject, parts }) {
    const texts = [
      ...from.flatMap(({ name, address }) => [name, address]),
      subject,
      ...parts.flatMap(({ fileNames }) => fileNames),
    ];
    return texts.some((text) => text !== undefined && override.test(text))
      ? 'the direction of text is turned'
      : undefined;
  },
};

/** Marks that only say which way a word runs (U+200E, U+200F) are in honest mail, and so are isolates. */
const override = /[\u202a\u202b\u202d\u202e]/;
