// Owns the look into pictures in SVG: what in them acts rather than shows.
import type { Opener } from '../opener.ts';
import { openHtml } from './html.ts';
import { markupText, maxMarkupBytes, unescapeReferences, windowsOf } from './markup-text.ts';

const signs: readonly (readonly [pattern: RegExp, detail: string])[] = [
  [/<(?:[^\s<>/"'=]{1,100}:)?script\b/i, 'script'],
  [/<\?xml-stylesheet\b[^>]{0,500}xsl/i, 'style sheet'],
  [/[\s"'/]on[a-z]{3,30}\s{0,50}=/i, 'event handler'],
  [
    /=\s{0,50}["']?\s{0,50}(?:j\s?a\s?v\s?a|v\s?b)\s?s\s?c\s?r\s?i\s?p\s?t\s{0,9}:/i,
    'script address',
  ],
  [
    /=\s{0,50}["']?\s{0,50}data:(?:text\/(?:html|xml|javascript)|image\/svg|application\/)/i,
    'data address',
  ],
  // Drawing programs put formatted text into foreign objects; forms and frames are another matter.
  [
    /<(?:[^\s<>/"'=]{1,100}:)?(?:iframe|embed|object|form|meta|base|handler|listener)\b/i,
    'foreign element',
  ],
  // What an entity stands for can be put together of pieces that no search finds.
  [/<!ENTITY\b/i, 'entity'],
];

export const openSvg: Opener = async function* (file, opening) {
  const text = markupText(await opening.whole(maxMarkupBytes));
  for await (const window of windowsOf(text, opening.work)) {
    const searched = [window, unescapeReferences(window)];
    const found = signs.find(([pattern]) => searched.some((each) => pattern.test(each)));
    if (found === undefined) continue;
    opening.note('svg-script', found[1]);
    break;
  }
  yield* openHtml(file, opening);
};
