// Owns which words the pages of training have to have. The words themselves are in words/.
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';
import { fr } from './words/fr.ts';

export type SpamWord = 'ham' | 'unsure' | 'spam';
/** What a reader can do on the page of a message. */
export type LearnAct = 'spam' | 'ham' | 'forget' | 'allow' | 'block' | 'unlist';

export interface PageWords {
  readonly heading: string;
  readonly from: string;
  readonly subject: string;
  readonly date: string;
  readonly unknown: string;
  readonly judged: Readonly<Record<SpamWord, string>>;
  /** What has been said before. */
  readonly said: Readonly<Record<'spam' | 'ham' | 'allow' | 'block', string>>;
  readonly question: string;
  readonly senderQuestion: string;
  readonly buttons: Readonly<Record<LearnAct, string>>;
  /** What has just been done. */
  readonly done: Readonly<Record<LearnAct, string>>;
  /** Reasons follow, as the filter gives them. */
  readonly unchanged: string;
  /** Behind `done`: some plugins could not take it yet. */
  readonly inPart: string;
  /** It is written down, and the filter will learn it as soon as it can. */
  readonly later: string;
  /** No plugin takes such a lesson, or the message is gone. */
  readonly notPossible: string;
  readonly undo: string;
  readonly releaseHeading: string;
  readonly releaseQuestion: string;
  readonly release: string;
  readonly released: string;
  readonly releasedBefore: string;
  readonly notReleasable: string;
  readonly badLinkHeading: string;
  readonly badLink: string;
  readonly tooOften: string;
}

const words: Readonly<Record<string, PageWords>> = { en, de, fr, es };

export interface SpokenWords {
  readonly language: string;
  readonly words: PageWords;
}

/** Of the first language that the browser wants and that there is (RFC 9110 s.12.5.4, without weights). */
export function wordsFor(acceptLanguage: string | undefined): SpokenWords {
  for (const wish of (acceptLanguage ?? '').slice(0, 200).split(',')) {
    const language = wish.trim().slice(0, 2).toLowerCase();
    const found = Object.hasOwn(words, language) ? words[language] : undefined;
    if (found !== undefined) return { language, words: found };
  }
  return { language: 'en', words: en };
}
