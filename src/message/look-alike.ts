// Owns what text looks like to a hurried reader: letters of other scripts, invisible characters and
// figures that pass for letters. It says nothing about whether that is meant badly. Pure; linear time.
import { lookAlikes } from './look-alike-table.ts';

/**
 * Taken for Latin letters although Unicode has them apart, since their shapes differ: senders use them
 * all the same. Others are found by their capital letter.
 */
const alsoTaken: readonly (readonly [string, string])[] = [
  ['n', 'ηпռ'],
  ['w', 'ωшщ'],
  ['b', 'ßв'],
  ['e', 'єэεә'],
  ['r', 'я'],
  ['u', 'цμ'],
  ['m', 'м'],
  ['k', 'κк'],
  ['t', 'τт'],
  ['h', 'н'],
  ['l', 'ł'],
  ['o', 'ø'],
  ['d', 'đð'],
  ['h', 'ħ'],
];

const readings: ReadonlyMap<string, string> = new Map([
  ...lookAlikes.flatMap(([reading, characters]) =>
    characters
      .split(' ')
      .map((hex) => [String.fromCodePoint(Number.parseInt(hex, 16)), reading] as const),
  ),
  ...alsoTaken.flatMap(([reading, characters]) =>
    Array.from(characters, (character) => [character, reading] as const),
  ),
]);

const beyondAscii = /[^\0-\x7f]/;
/** Marks on letters, and what is not to be seen at all. */
const markOrInvisible = /[\p{M}\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

/**
 * The text as it would be read in Latin letters: `Рауρаl` becomes `paypal`. Small letters, without
 * marks and invisible characters; what looks like no Latin letter stays. Of text that is honestly in
 * another script it makes nonsense: see `mixesScripts`.
 */
export function latinReading(text: string): string {
  if (!beyondAscii.test(text)) return text.toLowerCase();
  // Marks go first: to sort a long run of them takes quadratic time.
  const bare = text.replaceAll(markOrInvisible, '');
  const plain = bare.normalize('NFKD').replaceAll(markOrInvisible, '');
  let reading = '';
  for (const character of plain) reading += readingOf(character);
  return reading.toLowerCase();
}

function readingOf(character: string): string {
  if (character <= '\x7f') return character;
  return (
    readings.get(character) ??
    readings.get(character.toUpperCase()) ??
    readings.get(character.toLowerCase()) ??
    character
  );
}

/**
 * The same for all texts that may be taken for each other, as the skeleton of UTS 39 s.4: `paypa1`,
 * `PayPaI` and `раураl` have one key. Only to be compared; it is not for reading.
 */
export function lookAlikeKey(text: string): string {
  return latinReading(text)
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll(/[i1|!]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('5', 's');
}

/** Scripts whose letters can be taken for Latin ones. */
const deceivingScripts =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\p{Script=Canadian_Aboriginal}\p{Script=Georgian}\p{Script=Deseret}\p{Script=Osage}]/u;
const latinLetter = /\p{Script=Latin}/u;

/** Whether a word has letters of Latin and of a script like it, as no honest word has. */
export function mixesScripts(word: string): boolean {
  return beyondAscii.test(word) && deceivingScripts.test(word) && latinLetter.test(word);
}
