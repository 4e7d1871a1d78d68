// Owns how HTML divides into text, styles and tags, leniently: of markup that never ends, what follows is
// read as text, since programs differ on it. Each character is looked at a bounded number of times. Pure.

export interface Tag {
  readonly kind: 'tag';
  /** Lower case; of an end tag with its slash. */
  readonly name: string;
  /** Names in lower case, values as written; empty where there is none. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

export type HtmlPiece = Tag | { readonly kind: 'text' | 'style'; readonly text: string };

/** More than that many tells nobody anything. */
const maxAttributes = 200;

/** Whose content is no HTML. */
const rawTags: ReadonlyMap<string, 'style' | 'script'> = new Map([
  ['style', 'style'],
  ['script', 'script'],
]);

export class TagReader {
  readonly #html: string;
  #at = 0;
  /** What was looked for in vain is not there later either. */
  readonly #absent = new Set<string>();
  #raw: 'style' | 'script' | undefined;

  constructor(html: string) {
    this.#html = html;
  }

  next(): HtmlPiece | undefined {
    const html = this.#html;
    while (this.#at < html.length) {
      if (this.#raw !== undefined) {
        const piece = this.#rawText(this.#raw);
        if (piece !== undefined) return piece;
      } else if (html[this.#at] !== '<') {
        return this.#text(this.#at);
      } else if (html.startsWith('<!--', this.#at)) {
        this.#comment();
      } else if (html[this.#at + 1] === '!' || html[this.#at + 1] === '?') {
        this.#at = this.#find('>', this.#at) ?? this.#at + 2;
      } else {
        const piece = this.#tag();
        if (piece === undefined) return this.#text(this.#at + 1);
        if (piece.kind === 'tag') this.#raw = rawTags.get(piece.name);
        return piece;
      }
    }
    return undefined;
  }

  #text(searchFrom: number): HtmlPiece {
    const start = this.#at;
    const end = this.#html.indexOf('<', searchFrom);
    this.#at = end === -1 ? this.#html.length : end;
    return { kind: 'text', text: this.#html.slice(start, this.#at) };
  }

  /** Outlook shows what stands in `<!--[if mso]> ... <![endif]-->`. */
  #comment(): void {
    const isConditional = this.#html.startsWith('[if', this.#at + 4);
    const end = isConditional ? this.#find('>', this.#at) : this.#find('-->', this.#at + 2);
    this.#at = end ?? this.#at + 4;
  }

  #rawText(name: 'style' | 'script'): HtmlPiece | undefined {
    const start = this.#at;
    let end = this.#html.indexOf('</', start);
    while (end !== -1 && this.#html.slice(end + 2, end + 2 + name.length).toLowerCase() !== name) {
      end = this.#html.indexOf('</', end + 2);
    }
    this.#at = end === -1 ? this.#html.length : end;
    this.#raw = undefined;
    return name === 'style'
      ? { kind: 'style', text: this.#html.slice(start, this.#at) }
      : undefined;
  }

  /** Undefined for what is no tag. */
  #tag(): HtmlPiece | undefined {
    const html = this.#html;
    let at = this.#at + (html[this.#at + 1] === '/' ? 2 : 1);
    if (!isLetter(html.charCodeAt(at))) return undefined;
    while (at < html.length && !endsName(html.charCodeAt(at))) at += 1;
    const name = html.slice(this.#at + 1, at).toLowerCase();
    const attributes: (readonly [string, string])[] = [];
    for (;;) {
      while (isBlank(html.charCodeAt(at)) || html[at] === '/') at += 1;
      if (at >= html.length) return this.#textUntil(at);
      if (html[at] === '>') break;
      // A stray `=` begins a name (WHATWG HTML s.13.2.5.32).
      const start = at;
      at += 1;
      while (at < html.length && !endsName(html.charCodeAt(at)) && html[at] !== '=') at += 1;
      const key = html.slice(start, at).toLowerCase();
      at = this.#skipBlanks(at);
      if (html[at] !== '=') {
        if (attributes.length < maxAttributes) attributes.push([key, '']);
        continue;
      }
      const value = this.#value(this.#skipBlanks(at + 1));
      // All of it becomes text: were it tried again from the next `<`, time would be quadratic.
      if (value === undefined) return this.#textUntil(at + 1);
      if (attributes.length < maxAttributes) attributes.push([key, value.text]);
      at = value.end;
    }
    this.#at = at + 1;
    return { kind: 'tag', name, attributes };
  }

  /** Undefined when its quotes are not closed. */
  #value(from: number): { readonly text: string; readonly end: number } | undefined {
    const html = this.#html;
    const quote = html[from];
    if (quote === '"' || quote === "'") {
      const end = this.#find(quote, from + 1);
      return end === undefined ? undefined : { text: html.slice(from + 1, end - 1), end };
    }
    let end = from;
    while (end < html.length && !isBlank(html.charCodeAt(end)) && html[end] !== '>') end += 1;
    return { text: html.slice(from, end), end };
  }

  #textUntil(end: number): HtmlPiece {
    const text = this.#html.slice(this.#at, end);
    this.#at = end;
    return { kind: 'text', text };
  }

  #skipBlanks(from: number): number {
    let at = from;
    while (isBlank(this.#html.charCodeAt(at))) at += 1;
    return at;
  }

  /** The place behind the next one. */
  #find(wanted: string, from: number): number | undefined {
    if (this.#absent.has(wanted)) return undefined;
    const at = this.#html.indexOf(wanted, from);
    if (at === -1) {
      this.#absent.add(wanted);
      return undefined;
    }
    return at + wanted.length;
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function endsName(code: number): boolean {
  return isBlank(code) || code === 0x2f || code === 0x3e;
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}
