// Owns RFC 2231: parameters with a charset and parameters continued over several sections.
import { decodeCharset, decodeUnlabelled } from './charset.ts';
import type { MimeParameter } from './mime-parameters.ts';

interface Section {
  readonly index: number;
  readonly isEncoded: boolean;
  readonly text: string;
}

/**
 * Every value of `name*` and `name*0`, `name*1*`, ... that some client may take. Clients differ on
 * repeated sections (first or last wins) and on gaps (stop there or go on).
 */
export function extendedValues(parameters: readonly MimeParameter[], name: string): string[] {
  if (!parameters.some((parameter) => parameter.name.includes('*'))) return [];
  const values: string[] = [];
  const sections: Section[] = [];
  for (const parameter of parameters) {
    if (parameter.name === `${name}*`) values.push(decodeSections([toSection(parameter, 0)]));
    const index = sectionIndex(parameter.name, name);
    if (index !== undefined) sections.push(toSection(parameter, index));
  }
  if (sections.length === 0) return values;
  const firstWins = inOrder(sections.toReversed());
  const lastWins = inOrder(sections);
  for (const ordered of [firstWins, lastWins]) {
    values.push(decodeSections(untilGap(ordered)), decodeSections(ordered), rawText(ordered));
  }
  return [...new Set(values)];
}

/** Octets of a text with `%XX` escapes; anything else stands for itself. */
export function percentDecode(latin1: string): Buffer {
  const octets = latin1.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(octets, 'latin1');
}

function sectionIndex(parameterName: string, name: string): number | undefined {
  if (!parameterName.startsWith(`${name}*`)) return undefined;
  const match = /^(\d{1,6})\*?$/.exec(parameterName.slice(name.length + 1));
  return match === null ? undefined : Number(match[1]);
}

function toSection(parameter: MimeParameter, index: number): Section {
  return { index, isEncoded: parameter.name.endsWith('*'), text: parameter.value };
}

/** Sorted, a later section displacing an earlier one of the same index. */
function inOrder(sections: readonly Section[]): Section[] {
  const byIndex = new Map(sections.map((section) => [section.index, section]));
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}

function untilGap(sections: readonly Section[]): readonly Section[] {
  const gap = sections.findIndex((section, position) => section.index !== position);
  return gap === -1 ? sections : sections.slice(0, gap);
}

function rawText(sections: readonly Section[]): string {
  return sections.map((section) => section.text).join('');
}

/** RFC 2231 s.4: the first section may begin with charset'language'. */
function decodeSections(sections: readonly Section[]): string {
  let charset = '';
  const octets = sections.map(({ isEncoded, text }, position) => {
    if (!isEncoded) return Buffer.from(text, 'latin1');
    const declared = position === 0 ? /^([^']*)'[^']*'/.exec(text) : null;
    charset ||= declared?.[1] ?? '';
    return percentDecode(text.slice(declared?.[0].length ?? 0));
  });
  const joined = Buffer.concat(octets);
  return charset === '' ? decodeUnlabelled(joined) : decodeCharset(joined, charset);
}
