// Owns which languages Postern speaks by itself. Their words are in languages/, one file for each.
import { type BuiltinLanguage, lookUpTag } from './language.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';
import { es } from './languages/es.ts';
import { fr } from './languages/fr.ts';
import type { Wording } from './wording.ts';

const wordings: Readonly<Record<BuiltinLanguage, Wording>> = { en, de, fr, es };
const byTag: ReadonlyMap<string, Wording> = new Map(Object.entries(wordings));

/** Where a template speaks a language of its own, what is put into it should speak none. */
const neutral: Wording = { ...en, unknown: '-', inPart: (name) => `: "${name}"` };

/** The words of the language or of the one it is a kind of (`de-AT`); English ones for all others. */
export function wordingOf(language: string): Wording {
  const tag = lookUpTag(language, (each) => byTag.has(each));
  return tag === undefined ? neutral : (byTag.get(tag) ?? neutral);
}
