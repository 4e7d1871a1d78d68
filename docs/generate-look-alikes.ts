// Owns the making of src/message/look-alike-table.ts out of the table of confusables that Unicode
// publishes with UTS 39: node docs/generate-look-alikes.ts confusables.txt
import { readFileSync, writeFileSync } from 'node:fs';

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('expected the path of confusables.txt');
const text = readFileSync(source, 'utf8');
const version = /^# Version: ([\d.]+)$/m.exec(text)?.[1];
if (version === undefined) throw new Error(`${source} does not say its version`);

/** What a character is taken for: small letters and digits, one or two of them. */
const readings = new Map<string, string[]>();
for (const line of text.split('\n')) {
  const [, from, to] = /^([0-9A-F]+) ;\t([0-9A-F ]+) ;/.exec(line) ?? [];
  if (from === undefined || to === undefined) continue;
  const character = fromHex(from);
  const reading = readingOf(character, to.split(' ').map(fromHex).join(''));
  if (reading === undefined) continue;
  readings.set(reading, [...(readings.get(reading) ?? []), from.toLowerCase()]);
}

/** Only what decomposition and small letters do not lead to anyway. */
function readingOf(character: string, prototype: string): string | undefined {
  if (!/^[A-Za-z0-9]{1,2}$/.test(prototype) || /^[\0-\x7f]$/.test(character)) return undefined;
  if (character.normalize('NFKD') !== character) return undefined;
  // UTS 39 has l for whatever looks like a capital I; its own small letter has a dot.
  const reading = prototype === 'l' && /\p{Lu}/u.test(character) ? 'i' : prototype.toLowerCase();
  return character.toLowerCase() === reading ? undefined : reading;
}

function fromHex(hex: string): string {
  return String.fromCodePoint(Number.parseInt(hex, 16));
}

const rows = [...readings].sort(([a], [b]) => (a < b ? -1 : 1));
const lines = rows.map(([reading, characters]) => `  ['${reading}', '${characters.join(' ')}'],`);
const target = new URL('../src/message/look-alike-table.ts', import.meta.url);
writeFileSync(
  target,
  `// Owns which characters look like Latin letters and digits: what they are taken for, and their code
// points. Made by docs/generate-look-alikes.ts from confusables.txt of Unicode ${version}; not edited by hand.
// That data is Copyright 1991-2025 Unicode, Inc., under https://www.unicode.org/license.txt.

export const unicodeVersion = '${version}';

// biome-ignore format: one row for each reading
export const lookAlikes: readonly (readonly [string, string])[] = [
${lines.join('\n')}
];
`,
);
