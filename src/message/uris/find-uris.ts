// Owns finding the URIs of a text, for those who judge where a message leads to. Pure.
import type { FoundUri } from './found-uri.ts';
import { collectFromHtml } from './html-uris.ts';
import { collectFromText } from './plain-text-uris.ts';
import { UriCollection } from './uri-collection.ts';

export interface UriLimits {
  /** Of the text; what stands behind is not looked at. */
  readonly maxChars: number;
  readonly maxUris: number;
}

export const uriLimits: UriLimits = { maxChars: 256 * 1024, maxUris: 500 };

/**
 * In the order of the text, each once for each place. Takes what a mail program would make a link of, and
 * all that HTML fetches or links to; what it cannot make sense of it leaves out.
 */
export function findUris(
  text: string,
  format: 'plain' | 'html',
  { maxChars, maxUris }: UriLimits = uriLimits,
): FoundUri[] {
  const found = new UriCollection(maxUris);
  const start = text.length > maxChars ? text.slice(0, maxChars) : text;
  if (format === 'html') collectFromHtml(start, found);
  else collectFromText(start, found);
  return found.uris;
}
