// Owns the list of disguises, in the order of the table.
import { base64Everything } from './base64-everything.ts';
import { charsetTricks } from './charset-tricks.ts';
import type { Evasion } from './evasion.ts';
import { forgedHeaders } from './forged-headers.ts';
import { goodWords } from './good-words.ts';
import { homoglyphs } from './homoglyphs.ts';
import { htmlComments } from './html-comments.ts';
import { imageOnly } from './image-only.ts';
import { preamble } from './preamble.ts';
import { rewritten } from './rewritten.ts';
import { splitWords } from './split-words.ts';
import { whiteOnWhite } from './white-on-white.ts';

export const allEvasions: readonly Evasion[] = [
  rewritten,
  goodWords,
  splitWords,
  homoglyphs,
  whiteOnWhite,
  base64Everything,
  imageOnly,
  preamble,
  htmlComments,
  charsetTricks,
  forgedHeaders,
];
