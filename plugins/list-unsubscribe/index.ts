// Owns making the link to unsubscribe that a newsletter has in its text known to the mail program.
import { finished } from 'node:stream/promises';
import { RewritingStream } from 'parse5-html-rewriting-stream';
import { type BodyEditor, definePlugin, type HeaderReader, z } from '#plugin-api';

const defaultWords = [
  'unsubscribe',
  'opt out',
  'abmelden',
  'abbestellen',
  'désinscri',
  'darse de baja',
];
const optionsSchema = z.strictObject({
  words: z.array(z.string().min(3).toLowerCase()).min(1).default(defaultWords),
});

export default definePlugin<z.output<typeof optionsSchema>>({
  name: 'list-unsubscribe',
  options: optionsSchema,
  setup: ({ words }) => ({
    async transform({ edit, body }, next) {
      if (isBulk(edit) && edit.get('List-Unsubscribe') === undefined) {
        const url = await findLink(body, words);
        if (url !== undefined) edit.add('List-Unsubscribe', `<${url}>`);
      }
      await next();
    },
  }),
});

/** To a letter of a person nobody is subscribed. */
function isBulk(headers: HeaderReader): boolean {
  const precedence = headers.get('Precedence')?.trim().toLowerCase() ?? '';
  return headers.get('List-Id') !== undefined || ['bulk', 'list'].includes(precedence);
}

async function findLink(body: BodyEditor, words: readonly string[]): Promise<string | undefined> {
  const paths: string[] = [];
  for await (const { path, contentType, fileNames } of body.parts()) {
    if (contentType === 'text/html' && fileNames.length === 0) paths.push(path);
  }
  for (const path of paths) {
    const html = await body.text(path);
    const link = html === undefined ? undefined : await linkIn(html, words);
    if (link !== undefined) return link;
  }
  return undefined;
}

/** The last one: it stands at the foot of the letter, below all that somebody may have written. */
async function linkIn(html: string, words: readonly string[]): Promise<string | undefined> {
  if (!isReadable(html)) return undefined;
  let found: string | undefined;
  let href = '';
  let shown = '';
  const reader = new RewritingStream();
  reader.on('startTag', ({ tagName, attrs }) => {
    if (tagName !== 'a') return;
    href = attrs.find(({ name }) => name === 'href')?.value.trim() ?? '';
    shown = '';
  });
  reader.on('text', ({ text }) => {
    shown += text;
  });
  reader.on('endTag', ({ tagName }) => {
    if (tagName !== 'a') return;
    const about = shown.toLowerCase();
    if (words.some((word) => about.includes(word))) found = toLink(href) ?? found;
    shown = '';
  });
  reader.end(html);
  await finished(reader.resume());
  return found;
}

function toLink(href: string): string | undefined {
  const url = URL.parse(href);
  const isFit = url !== null && /^(?:https:|mailto:)$/.test(url.protocol) && url.href.length < 800;
  return isFit && /^[\x21-\x7e]+$/.test(url.href) && !/[<>]/.test(url.href) ? url.href : undefined;
}

// Each one inside of another costs the parser more; a letter has a handful.
const mostForeign = 1000;

function isReadable(html: string): boolean {
  return (html.match(/<(?:svg|math)/gi)?.length ?? 0) <= mostForeign;
}
