// Owns the reading of an Autodiscover request: XML that a stranger sent, of which two elements are wanted.
// Not a parser of XML: it knows tags, attributes that it passes over, and text. A document type, a comment,
// a CDATA section, an entity of any other than the five of XML itself: all of that is refused.

export interface AutodiscoverRequest {
  readonly emailAddress: string;
  readonly responseSchema: string | undefined;
}

const maxDepth = 8;

const declaration = /^\uFEFF?(?:<\?xml[ \t\r\n][^<>]{0,200}\?>)?\s{0,200}/;
const name = '(?:[A-Za-z_][\\w.-]{0,60}:)?([A-Za-z_][\\w.-]{0,60})';
const attribute =
  '\\s{1,100}[A-Za-z_][\\w.:-]{0,100}\\s{0,9}=\\s{0,9}(?:"[^"<&]{0,400}"|\'[^\'<&]{0,400}\')';
const openTag = new RegExp(`<${name}(?:${attribute}){0,16}\\s{0,100}(/?)>`, 'y');
const closeTag = new RegExp(`</${name}\\s{0,100}>`, 'y');
const textRun = /[^<]+/y;

/** Undefined when it is not exactly such a request. */
export function parseAutodiscoverRequest(xml: string): AutodiscoverRequest | undefined {
  const elements = readElements(xml);
  const all = (path: string) => elements?.filter((each) => each.path === path) ?? [];
  const [address, ...others] = all('Autodiscover/Request/EMailAddress');
  const [schema, ...schemas] = all('Autodiscover/Request/AcceptableResponseSchema');
  if (address === undefined || others.length > 0 || schemas.length > 0) return undefined;
  return { emailAddress: address.text, responseSchema: schema?.text };
}

interface Element {
  /** Names from the root, without prefixes. */
  readonly path: string;
  readonly text: string;
}

/** Elements that hold no other, with their text; undefined for what is not well-formed. */
function readElements(xml: string): Element[] | undefined {
  const found: Element[] = [];
  const open: { readonly name: string; text: string; hasChildren: boolean }[] = [];
  let position = declaration.exec(xml)?.[0].length ?? 0;
  let hasRoot = false;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = position;
    const match = pattern.exec(xml) ?? undefined;
    if (match !== undefined) position = pattern.lastIndex;
    return match;
  };
  const close = (): void => {
    const path = open.map((each) => each.name).join('/');
    const last = open.pop();
    if (last?.hasChildren === false) found.push({ path, text: last.text.trim() });
  };
  while (position < xml.length) {
    const parent = open.at(-1);
    const run = take(textRun)?.[0];
    if (run !== undefined) {
      const text = decode(run);
      if (text === undefined || (parent === undefined && text.trim() !== '')) return undefined;
      if (parent !== undefined) parent.text += text;
      continue;
    }
    const ending = take(closeTag);
    if (ending !== undefined) {
      if (parent?.name !== ending[1]) return undefined;
      close();
      continue;
    }
    const [, opened, isEmpty] = take(openTag) ?? [];
    const isSecondRoot = parent === undefined && hasRoot;
    if (opened === undefined || isSecondRoot || open.length >= maxDepth) return undefined;
    hasRoot = true;
    if (parent !== undefined) parent.hasChildren = true;
    open.push({ name: opened, text: '', hasChildren: false });
    if (isEmpty === '/') close();
  }
  return hasRoot && open.length === 0 ? found : undefined;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** Undefined when there is an entity or a character that does not belong there. */
function decode(text: string): string | undefined {
  let isKnown = !/[\p{Cc}--[\t\r\n]]/v.test(text);
  const decoded = text.replaceAll(/&([^;&]{0,10};?)/g, (_whole, entity: string) => {
    const character = entity.endsWith(';') ? entities[entity.slice(0, -1)] : undefined;
    if (character === undefined) isKnown = false;
    return character ?? '';
  });
  return isKnown ? decoded : undefined;
}
