// Owns finding URIs in HTML: in attributes, styles, and in its text. A scanner of its own: what matters is
// that nothing is missed that some program shows, not the tree. Time is linear. Pure.
import type { UriPlace } from './found-uri.ts';
import { decodeReferences } from './html-references.ts';
import { collectFromText } from './plain-text-uris.ts';
import { type Tag, TagReader } from './tag-reader.ts';
import type { UriCollection } from './uri-collection.ts';

export function collectFromHtml(html: string, found: UriCollection): void {
  const reader = new TagReader(html);
  for (let piece = reader.next(); piece !== undefined && !found.isFull; piece = reader.next()) {
    switch (piece.kind) {
      case 'text':
        collectFromText(decodeReferences(piece.text), found);
        break;
      case 'style':
        collectFromStyle(piece.text, found);
        break;
      case 'tag':
        collectFromTag(piece, found);
        break;
    }
  }
}

const places: ReadonlyMap<string, UriPlace> = new Map([
  ['href', 'link'],
  ['xlink:href', 'link'],
  ['ping', 'link'],
  ['src', 'resource'],
  ['background', 'resource'],
  ['poster', 'resource'],
  ['data', 'resource'],
  ['lowsrc', 'resource'],
  ['dynsrc', 'resource'],
  ['action', 'form'],
  ['formaction', 'form'],
]);

function collectFromTag({ name, attributes }: Tag, found: UriCollection): void {
  for (const [key, written] of attributes) {
    const value = decodeReferences(written);
    const place = key === 'href' ? placeOfHref(name) : places.get(key);
    if (place !== undefined) found.add(absolute(value), place);
    else if (key === 'style') collectFromStyle(value, found);
    else if (key === 'srcset')
      for (const each of value.split(/[\s,]+/, 20)) found.add(absolute(each), 'resource');
    else if (key === 'content' && name === 'meta') collectFromRefresh(value, found);
  }
}

function placeOfHref(tag: string): UriPlace {
  if (tag === 'base') return 'base';
  return tag === 'link' ? 'resource' : 'link';
}

/** In a message there is no page whose scheme `//host/` could take. */
function absolute(value: string): string {
  return /^\s*[/\\]{2}/.test(value) ? `http:${value.trimStart()}` : value;
}

/** `<meta http-equiv="refresh" content="0; url=http://example.org/">`. */
function collectFromRefresh(content: string, found: UriCollection): void {
  const [, target] = /url\s{0,9}=\s{0,9}['"]?(.*)/is.exec(content) ?? [];
  if (target !== undefined) found.add(absolute(target.replace(/['"]\s*$/, '')), 'refresh');
}

/** `url(...)` and `@import "..."` of CSS. */
function collectFromStyle(css: string, found: UriCollection): void {
  const start = /url\(\s{0,9}['"]?|@import\s{1,9}['"]/gi;
  while (!found.isFull && start.exec(css) !== null) {
    const from = start.lastIndex;
    let end = from;
    while (end < css.length && !endOfStyleUri.test(css.charAt(end))) end += 1;
    found.add(absolute(css.slice(from, end)), 'style');
    start.lastIndex = end;
  }
}

const endOfStyleUri = /["')]/;
