// Owns what a file name by itself gives away. A name is read in every way in which some client or
// system would take it, and has the traits of them all. Pure; time is linear in the length of the name.
import type { Trait } from '../trait.ts';
import { dangerousExtensions, documentExtensions } from './extensions.ts';

/** Which endings are dangerous here. */
export interface NamePolicy {
  readonly extensions: ReadonlySet<string>;
  /** Endings that are no offence. */
  readonly allowedExtensions: ReadonlySet<string>;
  /** Whole names, in lower case, that are no offence. */
  readonly allowedNames: ReadonlySet<string>;
}

// Embeddings, overrides and isolates. The marks (LRM, RLM, ALM) stand in honest names of languages
// that are written from right to left, and turn no letter round.
const directionControl = /[\u202a-\u202e\u2066-\u2069]/;
// What shows as nothing, though it is no white space.
const blank = /[\s\u2800\u3164\u115f\u1160\uffa0]/;
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
// Quotes, separators, and what Windows has in no name: some programs drop it.
const dropped = new Set('."\'<>|?*;,');
// The Windows shell opens `name.{CLSID}` with the program behind the class.
const classId = /^\{[0-9a-f-]{36}\}$/;
const runsAnywhere: ReadonlySet<string> = new Set(dangerousExtensions);
// Two or three happen; so many are there to push an ending out of sight.
const blanksThatHide = 10;

export function traitsOfName(name: string, policy: NamePolicy): Trait[] {
  const traits = new Set<Trait>();
  if (directionControl.test(name)) traits.add('rtl-name');
  if (hidesEnding(name)) traits.add('long-blank-name');
  for (const reading of readingsOf(name)) {
    const trait = traitOfReading(reading, policy);
    if (trait !== undefined) traits.add(trait);
  }
  return [...traits];
}

/** The endings in lower case, whatever stands around them. */
export function extensionsOf(name: string): ReadonlySet<string> {
  const endings = [...readingsOf(name)].map((reading) => splitReading(reading).extension);
  return new Set(endings.filter((ending) => ending !== undefined));
}

function traitOfReading(
  reading: string,
  policy: NamePolicy,
): 'double-extension' | 'dangerous-name' | undefined {
  const { extension, before } = splitReading(reading);
  if (extension === undefined || policy.allowedExtensions.has(extension)) return undefined;
  if (policy.allowedNames.has(reading)) return undefined;
  const isRun = policy.extensions.has(extension) || classId.test(extension);
  if (before !== undefined && documentExtensions.has(before)) {
    // Deceit, even where the ending by itself is allowed to come.
    if (isRun || runsAnywhere.has(extension)) return 'double-extension';
  }
  return isRun ? 'dangerous-name' : undefined;
}

function hidesEnding(name: string): boolean {
  let blanks = 0;
  for (const character of name) {
    if (blanks >= blanksThatHide && character === '.') return true;
    blanks = blank.test(character) ? blanks + 1 : 0;
  }
  return false;
}

/** `invoice.pdf  .exe` is read as exe behind pdf. */
function splitReading(reading: string): {
  readonly extension: string | undefined;
  readonly before: string | undefined;
} {
  const [, ...endings] = reading.split('.').map(trimmed);
  const extension = endings.pop();
  return { extension, before: endings.findLast((ending) => ending !== '') };
}

/** In lower case, without the folder and without what Windows drops at the end. */
export function readingsOf(name: string): ReadonlySet<string> {
  const readings = new Set<string>();
  // Some clients drop what cannot be seen, some end a name at the first control character.
  const shown = name.replaceAll(invisible, '');
  const [cut = ''] = name.split(/\p{Cc}/u, 1);
  for (const variant of new Set([shown, cut])) {
    // Conversion to an 8-bit charset turns look-alikes such as U+FF0E into what they look like.
    for (const text of new Set([variant, variant.normalize('NFKC')])) {
      const file = trimmedEnd(text, endOfPath).split(/[\\/]/).at(-1) ?? '';
      // NTFS: what follows a colon is the name of a stream within the file.
      for (const piece of [file, ...file.split(':')]) {
        const reading = trimmed(trimmedEnd(piece, endOfName)).toLowerCase();
        if (reading !== '') readings.add(reading);
      }
    }
  }
  return readings;
}

function endOfName(character: string): boolean {
  return dropped.has(character) || blank.test(character);
}

function endOfPath(character: string): boolean {
  return character === '/' || character === '\\' || endOfName(character);
}

function trimmed(text: string): string {
  let start = 0;
  while (start < text.length && blank.test(text.charAt(start))) start += 1;
  return trimmedEnd(text.slice(start), (character) => blank.test(character));
}

/** No regular expression: `[. ]+$` takes quadratic time on a name full of blanks. */
function trimmedEnd(text: string, isDropped: (character: string) => boolean): string {
  let end = text.length;
  while (end > 0 && isDropped(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
