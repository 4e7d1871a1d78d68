// Owns what rules want to know of an HTML text: what is seen of it, what is hidden, where its links go.
// One pass, linear, bounded by the length of what it is given. Pure.
import { decodeReferences, GiveWay, type Tag, TagReader } from '#plugin-api';
import { isUnseen, type Look, lookWithin, plainLook } from './element-look.ts';

export interface HtmlLink {
  /** As written, references undone. */
  readonly target: string;
  /** The beginning of what a reader sees as the link. */
  readonly shown: string;
  readonly hasImage: boolean;
}

export interface HtmlSurvey {
  /** The beginning of the text that is seen. */
  readonly visibleText: string;
  /** Letters and digits that are seen, and that are not. */
  readonly visibleLetters: number;
  readonly hiddenLetters: number;
  /** Letters written as numbers without need: `&#112;`. */
  readonly disguisedLetters: number;
  readonly links: readonly HtmlLink[];
  /** Larger than a tracking pixel. */
  readonly images: number;
  readonly forms: number;
  readonly passwordFields: number;
  readonly scripts: number;
  readonly hasRefresh: boolean;
}

const mostLinks = 500;
const longestShown = 300;
const longestVisible = 64 * 1024;
/** Elements within each other; what lies deeper counts as part of the last one. */
const mostOpen = 100;

const voidTags = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);
const breakingTags = new Set('br p div td tr table li h1 h2 h3 h4'.split(' '));

const containers = new Set(['table', 'ul', 'ol']);
const endedBy: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['td', new Set(['td', 'th'])],
  ['th', new Set(['td', 'th'])],
  ['tr', new Set(['tr', 'td', 'th'])],
  ['li', new Set(['li'])],
]);

interface OpenElement {
  readonly name: string;
  readonly look: Look;
}

export async function surveyHtml(html: string): Promise<HtmlSurvey> {
  const surveyor = new Surveyor();
  const reader = new TagReader(html);
  const others = new GiveWay();
  for (let piece = reader.next(); piece !== undefined; piece = reader.next()) {
    if (others.isDue) await others.giveWay();
    if (piece.kind === 'tag') surveyor.tag(piece);
    else if (piece.kind === 'text') surveyor.text(piece.text);
    else surveyor.style();
  }
  return surveyor.finish();
}

class Surveyor {
  readonly #open: OpenElement[] = [];
  #look = plainLook;
  #styleSheet: 'none' | 'known' = 'none';
  #visibleText = '';
  #visibleLetters = 0;
  #hiddenLetters = 0;
  #disguisedLetters = 0;
  readonly #links: HtmlLink[] = [];
  #target: string | undefined;
  #shown = '';
  #hasImage = false;
  #images = 0;
  #forms = 0;
  #passwordFields = 0;
  #scripts = 0;
  #hasRefresh = false;

  tag(tag: Tag): void {
    if (tag.name.startsWith('/')) this.#close(tag.name.slice(1));
    else this.#openElement(tag);
  }

  #openElement(tag: Tag): void {
    this.#note(tag);
    if (breakingTags.has(tag.name)) this.#addVisible(' ');
    if (voidTags.has(tag.name) || this.#open.length >= mostOpen) return;
    this.#endBefore(tag.name);
    const look = lookWithin(tag, this.#look, this.#styleSheet);
    this.#open.push({ name: tag.name, look });
    this.#look = look;
  }

  /** Of its own it says nothing here, but classes may have any colour then. */
  style(): void {
    this.#styleSheet = 'known';
  }

  text(written: string): void {
    if (this.#titleIsOpen()) return;
    const text = decodeReferences(written);
    const letters = countLetters(text);
    if (written.includes('&#')) this.#disguisedLetters += countDisguised(written);
    if (isUnseen(this.#look)) {
      this.#hiddenLetters += letters;
      return;
    }
    this.#visibleLetters += letters;
    this.#addVisible(text);
    if (this.#target !== undefined && this.#shown.length < longestShown) this.#shown += text;
  }

  finish(): HtmlSurvey {
    this.#endLink();
    return {
      visibleText: this.#visibleText,
      visibleLetters: this.#visibleLetters,
      hiddenLetters: this.#hiddenLetters,
      disguisedLetters: this.#disguisedLetters,
      links: this.#links,
      images: this.#images,
      forms: this.#forms,
      passwordFields: this.#passwordFields,
      scripts: this.#scripts,
      hasRefresh: this.#hasRefresh,
    };
  }

  #note({ name, attributes }: Tag): void {
    const attribute = (key: string): string | undefined =>
      attributes.find(([each]) => each === key)?.[1];
    switch (name) {
      case 'a':
      case 'area': {
        this.#endLink();
        const href = attribute('href');
        if (href !== undefined) this.#target = decodeReferences(href);
        break;
      }
      case 'img':
        if (!isPixel(attribute('width')) && !isPixel(attribute('height'))) this.#images += 1;
        this.#hasImage = true;
        break;
      case 'form':
        this.#forms += 1;
        break;
      case 'input':
        if (attribute('type')?.toLowerCase() === 'password') this.#passwordFields += 1;
        break;
      case 'script':
        // Shops and offices add what calendars read (schema.org), which no program runs.
        if (attribute('type')?.trim().toLowerCase() !== 'application/ld+json') this.#scripts += 1;
        break;
      case 'meta':
        if (attribute('http-equiv')?.toLowerCase() === 'refresh') this.#hasRefresh = true;
        break;
    }
  }

  /** An end tag closes what was opened last under its name, and all within. */
  #close(name: string): void {
    if (name === 'a') this.#endLink();
    if (breakingTags.has(name)) this.#addVisible(' ');
    const at = this.#open.findLastIndex((each) => each.name === name);
    if (at === -1) return;
    this.#open.length = at;
    this.#look = this.#open.at(-1)?.look ?? plainLook;
  }

  /** Cells, rows and items end where the next one begins (WHATWG HTML s.13.1.2.4). */
  #endBefore(name: string): void {
    const ended = endedBy.get(name);
    if (ended === undefined) return;
    const at = this.#open.findLastIndex(
      (each) => ended.has(each.name) || containers.has(each.name),
    );
    const found = this.#open[at];
    if (found === undefined || containers.has(found.name)) return;
    this.#open.length = at;
    this.#look = this.#open.at(-1)?.look ?? plainLook;
  }

  #titleIsOpen(): boolean {
    return this.#open.at(-1)?.name === 'title';
  }

  #addVisible(text: string): void {
    if (this.#visibleText.length < longestVisible) this.#visibleText += text;
  }

  #endLink(): void {
    if (this.#target !== undefined && this.#links.length < mostLinks) {
      this.#links.push({
        target: this.#target,
        shown: this.#shown.slice(0, longestShown),
        hasImage: this.#hasImage,
      });
    }
    this.#target = undefined;
    this.#shown = '';
    this.#hasImage = false;
  }
}

function isPixel(size: string | undefined): boolean {
  return size !== undefined && Number.parseFloat(size) <= 3;
}

/** Roughly: letters of all scripts and digits, and nothing that only fills. */
function countLetters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x7f ? isAsciiLetter(code) : isLikelyLetter(code)) count += 1;
  }
  return count;
}

function isAsciiLetter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39)
  );
}

/** Without no-break blanks, invisible characters and general punctuation. */
function isLikelyLetter(code: number): boolean {
  return code >= 0xc0 && code !== 0x34f && (code < 0x2000 || code > 0x206f) && code !== 0xfeff;
}

/** Numeric references to letters and digits of ASCII. */
function countDisguised(written: string): number {
  let count = 0;
  for (const [, hex, decimal] of written.matchAll(/&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));?/gi)) {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (isAsciiLetter(code)) count += 1;
  }
  return count;
}
