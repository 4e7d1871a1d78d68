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
import type { Features, GroupedFeatures } from './features.ts';
import { addHeaderTraits, isIgnoredField } from './header-traits.ts';
import { readHtml } from './html-text.ts';
import type { MessageSample, SampledText } from './sample.ts';
import { readWords } from './words.ts';

/** Words of each text in one window; the first is looked at apart, and so is the last. */
const windowWords = 60;
const windowGrams = 300;
const maxHeadWords = 700;
const maxHeaderGrams = 1500;
const maxTextGrams = 1500;
/** With fewer features beyond it, a window is nearly the whole text. */
const leastBeyond = 200;

export function extractFeatures(sample: MessageSample): Features {
  const { sets, marks } = collect(sample, undefined);
  const all: GroupedFeatures = {
    grams: sets.grams.values(),
    words: sets.words.values(),
    tail: sets.tail.values(),
    traits: sets.traits.values(),
    shape: sets.shape.values(),
  };
  return {
    ...all,
    ...withLessText(all, marks),
    describe(wanted) {
      const notes: Notes = { wanted, found: new Map() };
      collect(sample, notes);
      return notes.found;
    },
  };
}

/** How many features there were at the end of the header and of the first window. */
interface Marks {
  readonly headerGrams: number;
  readonly subjectWords: number;
  readonly firstGrams: number;
  readonly firstWords: number;
}

const none = new Uint32Array(0);

function withLessText(all: GroupedFeatures, marks: Marks): Pick<Features, 'windows' | 'textless'> {
  const { grams, words, tail } = all;
  if (words.length + tail.length - marks.firstWords < leastBeyond) {
    return { windows: [], textless: undefined };
  }
  const textless: GroupedFeatures = {
    ...all,
    grams: grams.subarray(0, marks.headerGrams),
    words: words.subarray(0, marks.subjectWords),
    tail: none,
  };
  const first: GroupedFeatures = {
    ...all,
    grams: grams.subarray(0, marks.firstGrams),
    words: words.subarray(0, marks.firstWords),
    tail: none,
  };
  if (tail.length === 0) return { windows: [first], textless };
  const last = new Uint32Array(marks.subjectWords + tail.length);
  last.set(textless.words);
  last.set(tail, marks.subjectWords);
  return { windows: [first, { ...textless, words: last }], textless };
}

function collect(
  sample: MessageSample,
  notes: Notes | undefined,
): { readonly sets: FeatureSets; readonly marks: Marks } {
  const sets = freshSets();
  const traits = new Traits(sets.traits, notes);
  addHeaderTraits(sample.fields, traits, new Traits(sets.shape, notes));
  addPartTraits(sample, traits);
  addHeaderGrams(sample, sets);
  const subject = sample.fields.find(({ name }) => name === 'subject')?.value;
  if (subject !== undefined) addWords(decodeWords(subject), maxHeadWords, sets.words, notes);
  const [headerGrams, subjectWords] = [sets.grams.size, sets.words.size];
  const texts = sample.texts.map((text) => read(text, traits));
  // All first windows come before all others, so that what they hold is a beginning of each list.
  const begun = texts.map(({ head, tail }) => {
    const packed = collapse(head, maxTextGrams);
    addGrams(sets.grams, packed, windowGrams);
    return { head, tail, packed, used: addWords(head, windowWords, sets.words, notes) };
  });
  const marks = {
    headerGrams,
    subjectWords,
    firstGrams: sets.grams.size,
    firstWords: sets.words.size,
  };
  for (const { head, tail, packed, used } of begun) {
    addGrams(sets.grams, packed.slice(windowGrams - 3), maxTextGrams);
    const beyond = head.slice(used);
    addWords(beyond, maxHeadWords - windowWords, sets.words, notes);
    const end = tail === '' ? beyond : tail;
    if (end.length > 8 * windowWords) {
      addWords(end.slice(-6 * windowWords), windowWords, sets.tail, notes);
    }
  }
  return { sets, marks };
}

/** What a reader sees; the traits of the rest. */
function read(text: SampledText, traits: Traits): { readonly head: string; readonly tail: string } {
  if (text.kind === 'plain') {
    addLinks(findLinks(text.head), 'link', traits);
    return text;
  }
  const html = readHtml(text.head);
  addHtmlTraits(html, traits);
  addLinks(html.links, 'link', traits);
  addLinks(html.images, 'image', traits);
  return { head: html.visible, tail: text.tail === '' ? '' : readHtml(text.tail).visible };
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
