// Owns how lists look on a terminal. Everything from outside is shown with control and bidi characters made
// visible, so that it can neither move the cursor nor pretend to be another column.
import { escapeText } from '../telemetry/redact.ts';

export interface Column<Item> {
  readonly title: string;
  readonly maxWidth: number;
  show(item: Item): string;
}

/** The titles first. */
export function tableLines<Item>(
  columns: readonly Column<Item>[],
  items: readonly Item[],
): string[] {
  const rows = items.map((item) =>
    columns.map(({ show, maxWidth }) => cut(escapeText(show(item)), maxWidth)),
  );
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) =>
    all.reduce((widest, cells) => Math.max(widest, lengthOf(cells[index] ?? '')), 0),
  );
  return all.map((cells) =>
    cells
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - lengthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** One line of JSON, for programs and for terminals. */
export function jsonLine(value: object): string {
  // JSON leaves these raw, and a terminal may obey them.
  return JSON.stringify(value).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character.replaceAll(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** UTC. */
export function minuteOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** In characters, so that none is cut in the middle. */
function lengthOf(text: string): number {
  return [...text].length;
}

function cut(text: string, maxWidth: number): string {
  const characters = [...text];
  if (characters.length <= maxWidth) return text;
  return `${characters.slice(0, maxWidth - 1).join('')}…`;
}
