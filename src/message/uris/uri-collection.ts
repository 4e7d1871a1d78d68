// Owns the URIs found so far: each once, no more than a bound, and those hidden inside of others. Pure.
import { type FoundUri, toFoundUri, type UriPlace } from './found-uri.ts';

export class UriCollection {
  readonly #found = new Map<string, FoundUri>();
  readonly #maxUris: number;
  #triesLeft: number;

  constructor(maxUris: number) {
    this.#maxUris = maxUris;
    // The same one a million times costs as much as a million different ones.
    this.#triesLeft = maxUris * triesForEach;
  }

  /** Nothing that is added from now on would be kept. */
  get isFull(): boolean {
    return this.#found.size >= this.#maxUris || this.#triesLeft <= 0;
  }

  get uris(): FoundUri[] {
    return [...this.#found.values()];
  }

  add(written: string, place: UriPlace): void {
    const uri = this.#keep(written, place);
    if (uri === undefined || uri.scheme === 'mailto') return;
    let at = uri.text.indexOf('/', uri.scheme.length + 3);
    for (let depth = 0; depth < maxNested && at !== -1; depth += 1) {
      const inner = findNested(uri.text, at);
      if (inner === undefined) return;
      this.#keep(inner.written, 'nested');
      at = inner.next;
    }
  }

  #keep(written: string, place: UriPlace): FoundUri | undefined {
    if (this.isFull) return undefined;
    this.#triesLeft -= 1;
    const uri = toFoundUri(written, place);
    if (uri === undefined) return undefined;
    const key = `${place} ${uri.text}`;
    if (!this.#found.has(key)) this.#found.set(key, uri);
    return uri;
  }
}

const triesForEach = 10;
const maxNested = 3;

/** Plain, or escaped once as in the query of a redirect. */
const nestedStart = /https?(?::\/\/|%3a%2f%2f)/gi;

function findNested(
  text: string,
  from: number,
): { readonly written: string; readonly next: number } | undefined {
  nestedStart.lastIndex = from;
  const match = nestedStart.exec(text);
  if (match === null) return undefined;
  const isEscaped = match[0].includes('%');
  const rest = text.slice(match.index);
  // Behind an escaped one follow the other arguments of the redirect.
  const own = isEscaped ? (rest.split('&', 1)[0] ?? '') : rest;
  return { written: isEscaped ? unescaped(own) : own, next: match.index + match[0].length };
}

function unescaped(text: string): string {
  return text.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
