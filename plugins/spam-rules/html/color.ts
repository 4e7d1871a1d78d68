// Owns colours as HTML and CSS write them, and whether an eye tells two of them apart. Pure.

export interface Color {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** Those in which letters are hidden; of others it need not be known. */
const names: ReadonlyMap<string, string> = new Map([
  ['white', 'ffffff'],
  ['snow', 'fffafa'],
  ['ivory', 'fffff0'],
  ['whitesmoke', 'f5f5f5'],
  ['ghostwhite', 'f8f8ff'],
  ['floralwhite', 'fffaf0'],
  ['azure', 'f0ffff'],
  ['lightyellow', 'ffffe0'],
  ['lightgray', 'd3d3d3'],
  ['lightgrey', 'd3d3d3'],
  ['silver', 'c0c0c0'],
  ['gray', '808080'],
  ['grey', '808080'],
  ['black', '000000'],
  ['red', 'ff0000'],
  ['yellow', 'ffff00'],
  ['lime', '00ff00'],
  ['green', '008000'],
  ['blue', '0000ff'],
  ['navy', '000080'],
  ['teal', '008080'],
  ['maroon', '800000'],
  ['purple', '800080'],
  ['orange', 'ffa500'],
]);

/** Undefined for what is not known. */
export function toColor(value: string | undefined): Color | undefined {
  const text = value?.trim().toLowerCase();
  if (text === undefined || text === '') return undefined;
  if (text.startsWith('rgb')) return fromNumbers(text);
  const hex = names.get(text) ?? (text.startsWith('#') ? text.slice(1) : text);
  const [, whole] = /^([0-9a-f]{6})(?:[0-9a-f]{2})?$/.exec(hex) ?? [];
  if (whole !== undefined) return fromHex(whole);
  const [, red, green, blue] = /^([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?$/.exec(hex) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return fromHex(red + red + green + green + blue + blue);
}

function fromHex(digits: string): Color {
  const number = Number.parseInt(digits, 16);
  return { red: number >> 16, green: (number >> 8) & 0xff, blue: number & 0xff };
}

/** `rgb(255, 255, 255)`; of one that is mostly transparent nothing is known. */
function fromNumbers(text: string): Color | undefined {
  const [red, green, blue, alpha] = text
    .slice(text.indexOf('(') + 1)
    .split(/[\s,/)]+/, 4)
    .map((part) => (part === '' ? Number.NaN : Number(part)));
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  const isKnown = [red, green, blue].every((part) => part >= 0 && part <= 255);
  if (!isKnown || (alpha !== undefined && alpha < 0.5)) return undefined;
  return { red, green, blue };
}

const leastDistance = 24;

export function areAlike(one: Color, other: Color): boolean {
  const distance =
    Math.abs(one.red - other.red) +
    Math.abs(one.green - other.green) +
    Math.abs(one.blue - other.blue);
  return distance < leastDistance;
}
