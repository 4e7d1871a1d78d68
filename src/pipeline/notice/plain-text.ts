// Owns what makes text of a stranger fit to be shown: one line, bounded, nothing that hides or reorders.

export const maxShownLength = 300;
const lineLength = 76;

/** One line: no controls, no bidi overrides, no separators. */
export function plainLine(text: string, maxLength = maxShownLength): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength).toWellFormed()}...` : line;
}

/** For bodies: mail programs make links of what looks like one, so that it no longer may. */
export function shownText(text: string): string {
  return plainLine(text)
    .replaceAll('://', '[:]//')
    .replaceAll(/www\./gi, (www) => `${www.slice(0, 3)}[.]`);
}

/** For header fields: a text that decodes to an encoded word would be decoded again by the reader. */
export function headerText(text: string): string {
  return plainLine(text).replaceAll('=?', '= ?');
}

export function wrapText(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && indent.length + current.length + 1 + word.length > lineLength) {
      lines.push(indent + current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, indent + current];
}
