// Owns the templates of users: text with `{{placeholders}}` and `{{#sections}}`, checked when it is
// read, so that a notice never fails for a slip of the pen. Pure.
import { suggest } from '../../config/suggestion.ts';

export const placeholders = [
  'from',
  'subject',
  'date',
  'findings',
  'code',
  'contact',
  'kind',
  'part',
  'release',
] as const;
export type Placeholder = (typeof placeholders)[number];

/** `{{#hold}}...{{/hold}}` stands only in a notice of that kind. */
export const sections = ['replace', 'hold'] as const;
export type Section = (typeof sections)[number];

export type TemplateFormat = 'text' | 'html';

type TemplatePiece =
  | { readonly kind: 'literal'; readonly text: string; readonly section: Section | undefined }
  | { readonly kind: 'value'; readonly name: Placeholder; readonly section: Section | undefined };

export interface Template {
  readonly pieces: readonly TemplatePiece[];
}

export interface TemplateProblem {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** As written: `{{form}}`. */
  readonly written: string;
  readonly message: string;
}

export interface ParsedTemplate {
  readonly template: Template;
  /** The template is of use only when there are none. */
  readonly problems: readonly TemplateProblem[];
}

/** Whatever braces there are: a tag on one line, a tag without its end, an end without its tag. */
const braces = /\{\{(?<tag>(?:(?!\{\{|\}\})[^\n])*)\}\}|\{\{|\}\}/g;

export function parseTemplate(source: string, format: TemplateFormat): ParsedTemplate {
  const parser = new TemplateParser(source, format);
  let from = 0;
  for (const { index, 0: written, groups } of source.matchAll(braces)) {
    parser.literal(source.slice(from, index));
    parser.tag(index, written, groups?.['tag']?.trim());
    from = index + written.length;
  }
  parser.literal(source.slice(from));
  return parser.end();
}

class TemplateParser {
  readonly #source: string;
  readonly #format: TemplateFormat;
  readonly #pieces: TemplatePiece[] = [];
  readonly #problems: TemplateProblem[] = [];
  #open: { readonly name: Section; readonly at: number } | undefined;

  constructor(source: string, format: TemplateFormat) {
    this.#source = source;
    this.#format = format;
  }

  literal(text: string): void {
    if (text !== '') this.#pieces.push({ kind: 'literal', text, section: this.#open?.name });
  }

  /** `tag` is undefined for braces without their counterpart. */
  tag(at: number, written: string, tag: string | undefined): void {
    const problem =
      tag === undefined
        ? unbalanced[written === '{{' ? 'open' : 'close']
        : /^[#/]/.test(tag)
          ? this.#border(at, tag)
          : this.#value(at, tag);
    if (problem !== undefined) this.#complain(at, written, problem);
  }

  end(): ParsedTemplate {
    const open = this.#open;
    if (open !== undefined) {
      const { name, at } = open;
      this.#complain(at, `{{#${name}}}`, `there is no {{/${name}}} after this`);
    }
    return { template: { pieces: this.#pieces }, problems: this.#problems };
  }

  #value(at: number, name: string): string | undefined {
    if (!isOneOf(placeholders, name)) return unknown('placeholder', name);
    if (this.#format === 'html' && !isText(this.#source.slice(0, at))) {
      return 'a placeholder must not stand inside a tag, a title, a style or a script';
    }
    this.#pieces.push({ kind: 'value', name, section: this.#open?.name });
    return undefined;
  }

  /** Begin or end of a section. */
  #border(at: number, tag: string): string | undefined {
    const name = tag.slice(1).trim();
    if (!isOneOf(sections, name)) return unknown('section', name);
    const open = this.#open;
    if (tag.startsWith('#')) {
      this.#open = { name, at };
      return open === undefined ? undefined : 'a section must not stand inside another';
    }
    this.#open = undefined;
    return open?.name === name ? undefined : `there is no {{#${name}}} before this`;
  }

  #complain(at: number, written: string, message: string): void {
    const lines = this.#source.slice(0, at).split('\n');
    const column = (lines.at(-1) ?? '').length + 1;
    this.#problems.push({ line: lines.length, column, written, message });
  }
}

/** In one pass: a subject that reads `{{code}}` stays so. Values are ready for the format. */
export function fillTemplate(
  { pieces }: Template,
  values: Readonly<Record<Placeholder, string>>,
  kept: Section | undefined,
): string {
  return pieces
    .filter(({ section }) => section === undefined || section === kept)
    .map((piece) => (piece.kind === 'literal' ? piece.text : values[piece.name]))
    .join('');
}

const unbalanced = {
  open: 'expected }} on the same line',
  close: 'there is no {{ before this; write } } where braces are meant',
} as const;

function unknown(what: 'placeholder' | 'section', name: string): string {
  const known: readonly string[] = what === 'placeholder' ? placeholders : sections;
  const guess = suggest(name, known);
  const hint = guess === undefined ? `known are ${known.join(', ')}` : `did you mean ${guess}?`;
  return `unknown ${what}, ${hint}`;
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return names.some((each) => each === name);
}

/** Values are escaped for text, and not for the other places of HTML. */
function isText(before: string): boolean {
  if (before.lastIndexOf('<') > before.lastIndexOf('>')) return false;
  const lower = before.toLowerCase();
  return ['title', 'style', 'script'].every(
    (name) => lower.lastIndexOf(`<${name}`) <= lower.lastIndexOf(`</${name}`),
  );
}
