// Owns HTML for mail: no scripts, no links but those of our own, nothing loaded from elsewhere, styles inline for old clients,
// no colours of text or background, so that dark mode stays readable.

/** For text and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface HtmlPage {
  readonly language: string;
  readonly title: string;
  /** Markup, one block each. */
  readonly blocks: readonly string[];
}

export function htmlPage({ language, title, blocks }: HtmlPage): string {
  return [
    '<!DOCTYPE html>',
    `<html lang="${escapeHtml(language)}">`,
    '<head>',
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    '</head>',
    '<body style="font-family: sans-serif; line-height: 1.4">',
    `<h1 style="font-size: 1.3em">${escapeHtml(title)}</h1>`,
    ...blocks,
    '</body>',
    '</html>',
    '',
  ].join('\r\n');
}

export function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/** `url` is one of our own pages, never what a sender wrote. */
export function linkTo(url: string, text = url): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`;
}

export function linkParagraph(label: string, url: string): string {
  return `<p>${escapeHtml(label)} ${linkTo(url)}</p>`;
}

/** Text whose direction is its own, so that what comes from a stranger turns nothing around it. */
export function isolated(text: string): string {
  return `<span dir="auto">${escapeHtml(text)}</span>`;
}

const cellStyle = 'style="padding: 2px 12px 2px 0; text-align: left; vertical-align: top"';

/** Names on the left, values on the right. */
export function fieldTable(rows: readonly (readonly [name: string, value: string])[]): string {
  const lines = rows.map(
    ([name, value]) =>
      `<tr><th ${cellStyle}>${escapeHtml(name)}</th><td dir="auto" ${cellStyle}>${escapeHtml(value)}</td></tr>`,
  );
  return ['<table>', ...lines, '</table>'].join('\r\n');
}

const gridStyle =
  'style="border-bottom: 1px solid #888888; padding: 4px 12px 4px 0; text-align: left; vertical-align: top"';

/** `url` is one of our own pages. */
export interface LinkedText {
  readonly text: string;
  readonly url: string | undefined;
}

export function gridTable(
  heads: readonly string[],
  rows: readonly (readonly (string | LinkedText)[])[],
): string {
  const row = (cells: readonly string[]): string => `<tr>${cells.join('')}</tr>`;
  const head = heads.map((text) => `<th ${gridStyle}>${escapeHtml(text)}</th>`);
  const body = rows.map((cells) =>
    row(cells.map((cell) => `<td dir="auto" ${gridStyle}>${cellContent(cell)}</td>`)),
  );
  return ['<table style="border-collapse: collapse">', row(head), ...body, '</table>'].join('\r\n');
}

function cellContent(cell: string | LinkedText): string {
  if (typeof cell === 'string') return escapeHtml(cell);
  return cell.url === undefined ? escapeHtml(cell.text) : linkTo(cell.url, cell.text);
}
