// Owns the way from a sample to features. Deterministic, bounded by the sample, and it never throws.
import { decodeWords } from '#plugin-api';
import { addHtmlTraits, addLinks, addPartTraits, findLinks } from './body-traits.ts';
import {
  addGrams,
  type FeatureSets,
  freshSets,
  type Notes,
  Traits,
  WordPairs,
} from './collector.ts';
import type { Features } from './features.ts';
import { addHeaderTraits, isIgnoredField } from './header-traits.ts';
import { readHtml } from './html-text.ts';
import type { MessageSample, SampledText } from './sample.ts';
import { readWords } from './words.ts';

const maxHeadWords = 700;
const maxTailWords = 250;
const maxHeaderGrams = 1500;
const maxTextGrams = 1500;

export function extractFeatures(sample: MessageSample): Features {
  const sets = collect(sample, undefined);
  return {
    grams: sets.grams.values(),
    words: sets.words.values(),
    tail: sets.tail.values(),
    traits: sets.traits.values(),
    shape: sets.shape.values(),
    describe(wanted) {
      const notes: Notes = { wanted, found: new Map() };
      collect(sample, notes);
      return notes.found;
    },
  };
}

function collect(sample: MessageSample, notes: Notes | undefined): FeatureSets {
  const sets = freshSets();
  const traits = new Traits(sets.traits, notes);
  addHeaderTraits(sample.fields, traits, new Traits(sets.shape, notes));
  addPartTraits(sample, traits);
  addHeaderGrams(sample, sets);
  const subject = sample.fields.find(({ name }) => name === 'subject')?.value;
  if (subject !== undefined) addWords(decodeWords(subject), maxHeadWords, sets.words, notes);
  for (const text of sample.texts) addText(text, sets, traits, notes);
  return sets;
}

function addText(
  text: SampledText,
  sets: FeatureSets,
  traits: Traits,
  notes: Notes | undefined,
): void {
  let { head, tail } = text;
  if (text.kind === 'html') {
    const html = readHtml(head);
    addHtmlTraits(html, traits);
    addLinks(html.links, 'link', traits);
    addLinks(html.images, 'image', traits);
    head = html.visible;
    tail = tail === '' ? '' : readHtml(tail).visible;
  } else {
    addLinks(findLinks(head), 'link', traits);
  }
  addGrams(sets.grams, collapse(head, maxTextGrams), maxTextGrams);
  const used = addWords(head, maxHeadWords, sets.words, notes);
  const rest = tail === '' ? head.slice(used) : tail;
  if (rest.length > 200) {
    addWords(rest.slice(-maxTailWords * 8), maxTailWords, sets.tail, notes);
  }
}

/** Returns how far it has read. */
function addWords(
  text: string,
  maxWords: number,
  set: FeatureSets['words'],
  notes: Notes | undefined,
): number {
  const folded = fold(text);
  return readWords(folded, new WordPairs(set, folded, notes), maxWords);
}

/** Lower case; letters for mathematics, which are two code units each, become plain ones. */
function fold(text: string): string {
  return (text.includes('\ud835') ? text.normalize('NFKC') : text).toLowerCase();
}

/** As the fields are written, one after the other; line ends alike whatever they are. */
function addHeaderGrams(sample: MessageSample, sets: FeatureSets): void {
  let header = '';
  for (const { name, raw } of sample.fields) {
    if (header.length >= maxHeaderGrams) break;
    if (name === 'message-id' || !isIgnoredField(name)) header += raw.replaceAll('\r', '');
  }
  addGrams(sets.grams, header, maxHeaderGrams);
}

/** Runs of blanks become one. */
function collapse(text: string, maxLength: number): string {
  let result = '';
  let start = -1;
  for (let at = 0; at <= text.length && result.length < maxLength; at += 1) {
    const isBlank =
      at === text.length || text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0xa0;
    if (!isBlank) {
      if (start === -1) start = at;
    } else if (start !== -1) {
      result += `${text.slice(start, at)} `;
      start = -1;
    }
  }
  return result;
}
