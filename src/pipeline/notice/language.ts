// Owns the choice of the language in which a reader is spoken to. Pure.
import { matchesGlob } from '../../base/glob.ts';

export const builtinLanguages = ['en', 'de', 'fr', 'es'] as const;
export type BuiltinLanguage = (typeof builtinLanguages)[number];

/** One of `builtinLanguages`, or a tag of which there is a template (RFC 5646). In lower case. */
export type NoticeLanguage = string;

/** As configured. */
export interface LanguageChoice {
  /** `auto`, or the language of all notices. */
  readonly language: string;
  readonly defaultLanguage: string;
  /** The first rule that fits the login name. */
  readonly languages: readonly {
    readonly accounts: readonly string[];
    readonly language: string;
  }[];
}

/** What is known of the reader. */
export interface LanguageHints {
  /** The login name, printable. */
  readonly user: string;
  /** What the client chose by LANG; undefined when it did not. */
  readonly sessionLanguage: string | undefined;
  /** Content-Language of the original: one tag or several, with commas between them. */
  readonly contentLanguage: string | undefined;
}

/** Tags of templates, in lower case; NoticeTemplates is one. */
export interface TagSet {
  has(tag: string): boolean;
}

const noTags: TagSet = new Set<string>();

export function noticeLanguage(
  choice: LanguageChoice,
  { user, sessionLanguage, contentLanguage = '' }: LanguageHints,
  templates: TagSet = noTags,
): NoticeLanguage {
  const rule = choice.languages.find(({ accounts }) =>
    accounts.some((pattern) => matchesGlob(pattern, user)),
  );
  const wishes =
    choice.language === 'auto'
      ? [rule?.language, sessionLanguage, ...contentLanguage.split(',').slice(0, 10)]
      : [choice.language];
  for (const wish of [...wishes, choice.defaultLanguage]) {
    const tag = wish === undefined ? undefined : supportedLanguage(wish, templates);
    if (tag !== undefined) return tag;
  }
  return 'en';
}

/** The tag that a notice can be had in: the one asked for, or the one it is a kind of. */
export function supportedLanguage(
  tag: string,
  templates: TagSet = noTags,
): NoticeLanguage | undefined {
  return lookUpTag(tag, (each) => isBuiltin(each) || templates.has(each));
}

/** RFC 4647 s.3.4: from the end of the tag, subtags are taken off until it is known. */
export function lookUpTag(tag: string, isKnown: (tag: string) => boolean): string | undefined {
  const subtags = tag.trim().toLowerCase().slice(0, 35).split('-');
  while (subtags.length > 0) {
    const shorter = subtags.join('-');
    if (isKnown(shorter)) return shorter;
    subtags.pop();
  }
  return undefined;
}

function isBuiltin(tag: string): boolean {
  return builtinLanguages.some((each) => each === tag);
}
