// Owns the writing of XML: elements of text and of elements. What is put in comes out as text, whatever it is.

/** Given to `element` and to nothing else; made by `element` alone. */
export interface Xml {
  readonly xml: string;
}

export type Content = string | number | readonly Xml[];

export function element(
  name: string,
  content: Content,
  attributes: Readonly<Record<string, string>> = {},
): Xml {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(value)}"`)
    .join('');
  const inner = Array.isArray(content)
    ? content.map(({ xml }: Xml) => `\n${xml}`).join('') + (content.length > 0 ? '\n' : '')
    : escaped(String(content));
  return { xml: `<${name}${written}>${inner}</${name}>` };
}

export function documentOf({ xml }: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

// XML 1.0 s.2.2: other control characters cannot be written at all.
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, '?')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
