// Owns changes to the text of HTML that leave its tags, comments and character references alone.

// Only on messages of the bench, each of bounded length.
const untouched =
  /<!--[\s\S]*?-->|<(style|script|title|head)\b[\s\S]*?<\/\1\s*>|<[^>]*>|&[#\w]+;/gi;

/** The same HTML with other text between its tags. */
export function mapHtmlText(html: string, change: (text: string) => string): string {
  let [written, at] = ['', 0];
  for (const match of html.matchAll(untouched)) {
    written += change(html.slice(at, match.index)) + match[0];
    at = match.index + match[0].length;
  }
  return written + change(html.slice(at));
}

export function textToHtml(text: string): string {
  const lines = escapeHtml(text).split('\n');
  return `<html><body>${lines.join('<br>\n')}</body></html>`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Puts something at the beginning and at the end of what is shown. */
export function aroundBody(html: string, before: string, after: string): string {
  const start = /<body\b[^>]*>/i.exec(html);
  const opened =
    start === null
      ? before + html
      : html.slice(0, start.index + start[0].length) +
        before +
        html.slice(start.index + start[0].length);
  const end = opened.toLowerCase().lastIndexOf('</body');
  return end === -1 ? opened + after : opened.slice(0, end) + after + opened.slice(end);
}
