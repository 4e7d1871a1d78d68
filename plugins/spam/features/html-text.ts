// Owns what a reader sees of an HTML text, what he does not, and where its links lead.
// It is no HTML parser: it goes once through the text, and what is broken costs nothing more.
import { decodeEntities } from './html-entity.ts';
import { type HtmlLook, lookWithin, plainLook } from './html-look.ts';
import { findAttribute, type HtmlTag, maxTagLength, readTag } from './html-tag.ts';

export interface HtmlText {
  readonly visible: string;
  readonly hidden: string;
  /** Targets of links, as written. */
  readonly links: readonly string[];
  /** Addresses of images, as written. */
  readonly images: readonly string[];
  /** How often each tag occurs that says something about the message. */
  readonly tagCounts: ReadonlyMap<string, number>;
  /** Comments between two letters. */
  readonly brokenWords: number;
}

const maxLinks = 60;
const maxDepth = 100;
/** These stand within words; all other tags part them. */
const inlineTags = new Set(
  'a abbr b bdo big cite code del em font i ins kbd mark o:p s small span strike strong sub sup tt u wbr'.split(
    ' ',
  ),
);
const countedTags = new Set(
  'a img form input script iframe object embed table font center style area base map meta'.split(
    ' ',
  ),
);

interface OpenElement {
  readonly name: string;
  readonly look: HtmlLook;
}

class HtmlReader {
  readonly #html: string;
  readonly #visible: string[] = [];
  readonly #hidden: string[] = [];
  readonly #links: string[] = [];
  readonly #images: string[] = [];
  readonly #tagCounts = new Map<string, number>();
  readonly #open: OpenElement[] = [];
  #look: HtmlLook = plainLook;
  #brokenWords = 0;
  /** Characters that may still be looked at in search of the ends of tags. */
  #scanRoom: number;
  #hasCommentEnds = true;
  readonly #unclosed = new Set<string>();

  constructor(html: string) {
    this.#html = html;
    this.#scanRoom = 8 * html.length + 16 * maxTagLength;
  }

  read(): HtmlText {
    const html = this.#html;
    let at = 0;
    let textStart = 0;
    while (at < html.length) {
      const less = html.indexOf('<', at);
      if (less === -1) break;
      if (html.charCodeAt(less + 1) === exclamation || html.charCodeAt(less + 1) === question) {
        this.#text(textStart, less);
        at = this.#endOfComment(less);
        textStart = at;
        continue;
      }
      const tag = this.#scanRoom > 0 ? readTag(html, less) : undefined;
      this.#scanRoom -= tag?.looked ?? (mayBeginTag(html.charCodeAt(less + 1)) ? maxTagLength : 1);
      if (tag === undefined) {
        at = less + 1;
        continue;
      }
      this.#text(textStart, less);
      at = this.#take(tag);
      textStart = at;
    }
    this.#text(textStart, html.length);
    return {
      visible: decodeEntities(this.#visible.join('')),
      hidden: decodeEntities(this.#hidden.join('')),
      links: this.#links,
      images: this.#images,
      tagCounts: this.#tagCounts,
      brokenWords: this.#brokenWords,
    };
  }

  #text(start: number, end: number): void {
    if (start >= end) return;
    (this.#look.isHidden ? this.#hidden : this.#visible).push(this.#html.slice(start, end));
  }

  #endOfComment(start: number): number {
    const html = this.#html;
    const isComment = html.startsWith('<!--', start);
    const mark = isComment ? '-->' : '>';
    const found = this.#hasCommentEnds || !isComment ? html.indexOf(mark, start + 2) : -1;
    if (found === -1) this.#hasCommentEnds = false;
    // Without an end it is no comment to any client: the rest is text.
    const end = found === -1 ? start + 4 : found + mark.length;
    if (isLetter(html.charCodeAt(start - 1)) && isLetter(html.charCodeAt(end))) {
      this.#brokenWords += 1;
    }
    return end;
  }

  #take(tag: HtmlTag): number {
    const { name, kind } = tag;
    if (!inlineTags.has(name)) (this.#look.isHidden ? this.#hidden : this.#visible).push(' ');
    if (kind === 'closes') {
      this.#close(name);
      return tag.end;
    }
    if (countedTags.has(name)) this.#tagCounts.set(name, (this.#tagCounts.get(name) ?? 0) + 1);
    this.#collect(tag);
    if (kind === 'empty') return tag.end;
    if (name === 'style' || name === 'script' || name === 'title') return this.#skip(tag);
    if (this.#open.length < maxDepth) {
      this.#open.push({ name, look: this.#look });
      this.#look = lookWithin(tag, this.#look);
    }
    return tag.end;
  }

  #collect({ name, attributes }: HtmlTag): void {
    if (name === 'a' || name === 'area' || name === 'form' || name === 'base') {
      const target = findAttribute(attributes, name === 'form' ? 'action' : 'href');
      if (target !== undefined && this.#links.length < maxLinks) this.#links.push(target);
    } else if (name === 'img') {
      const source = findAttribute(attributes, 'src');
      if (source !== undefined && this.#images.length < maxLinks) this.#images.push(source);
    }
  }

  /** Elements that were not closed end with the one around them, as long as it is not far. */
  #close(name: string): void {
    const lowest = Math.max(0, this.#open.length - 12);
    for (let index = this.#open.length - 1; index >= lowest; index -= 1) {
      const element = this.#open[index];
      if (element?.name !== name) continue;
      this.#look = element.look;
      this.#open.length = index;
      return;
    }
  }

  /** Content of these is not text. */
  #skip({ name, end }: HtmlTag): number {
    const html = this.#html;
    let at = this.#unclosed.has(name) ? -1 : html.indexOf('</', end);
    while (at !== -1) {
      if (html.slice(at + 2, at + 2 + name.length).toLowerCase() === name) return at;
      at = html.indexOf('</', at + 2);
    }
    this.#unclosed.add(name);
    return end;
  }
}

export function readHtml(html: string): HtmlText {
  return new HtmlReader(html).read();
}

const exclamation = 0x21;
const slash = 0x2f;
const question = 0x3f;

function mayBeginTag(code: number): boolean {
  return code === slash || isLetter(code) || (code >= 0x2d && code <= 0x3a);
}

function isLetter(code: number): boolean {
  const folded = code | 0x20;
  return (folded >= 0x61 && folded <= 0x7a) || code > 0xbf;
}
