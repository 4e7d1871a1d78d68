// Owns showing where a link goes whose own text names another host.
import { finished } from 'node:stream/promises';
import { RewritingStream } from 'parse5-html-rewriting-stream';
import { definePlugin, z } from '#plugin-api';

const optionsSchema = z.strictObject({
  text: z
    .string()
    .regex(/^[^<>&]*\{host\}[^<>&]*$/, 'expected text with {host}')
    .default(' [{host}]'),
});

const maxTextLength = 2000;
const fileTypes = new Set(
  'doc docx gif htm html jpeg jpg js ods odt pdf php png ppt pptx txt xls xlsx'.split(' '),
);

export default definePlugin<z.output<typeof optionsSchema>>({
  name: 'reveal-links',
  options: optionsSchema,
  setup: ({ text }) => ({
    async transform({ body }, next) {
      const paths: string[] = [];
      for await (const { path, contentType, fileNames } of body.parts()) {
        if (contentType === 'text/html' && fileNames.length === 0) paths.push(path);
      }
      for (const path of paths) {
        const html = (await body.isSealed(path)) ? undefined : await body.text(path);
        if (html === undefined) continue;
        const revealed = await reveal(html, text);
        if (revealed !== html) await body.setText(path, revealed);
      }
      await next();
    },
  }),
});

/**
 * Tokens are read, but the text is put into the original itself: what the package would write lacks a
 * tag that breaks off at the end.
 */
async function reveal(html: string, note: string): Promise<string> {
  if (!isReadable(html)) return html;
  const pieces: string[] = [];
  let copied = 0;
  let target: string | undefined;
  let shown = '';
  const reader = new RewritingStream();
  const isDeceptive = (host: string): boolean =>
    hostsIn(shown).some((other) => !isWithin(other, host) && !isWithin(host, other));
  reader.on('startTag', ({ tagName, attrs }) => {
    if (tagName !== 'a') return;
    target = hostOf(attrs.find(({ name }) => name === 'href')?.value);
    shown = '';
  });
  reader.on('text', ({ text }) => {
    if (target !== undefined) shown += text;
  });
  reader.on('endTag', ({ tagName, sourceCodeLocation }) => {
    if (tagName !== 'a' || target === undefined) return;
    if (isDeceptive(target)) {
      const end = sourceCodeLocation?.endOffset ?? copied;
      // A host of URL has no character that means something in HTML.
      pieces.push(html.slice(copied, end), note.replaceAll('{host}', target));
      copied = end;
    }
    target = undefined;
  });
  reader.end(html);
  await finished(reader.resume());
  return pieces.join('') + html.slice(copied);
}

/** As a browser would go there: in punycode, so that letters of other scripts show. */
function hostOf(href: string | undefined): string | undefined {
  const url = href === undefined ? null : URL.parse(href.trim());
  return url === null || !/^https?:$/.test(url.protocol) ? undefined : url.hostname;
}

/** Words that a reader would take for a host; `report.pdf` is none. */
function hostsIn(text: string): string[] {
  const words = text.slice(0, maxTextLength).split(/[^\p{L}\p{N}.-]+/u);
  return words.flatMap((word) => {
    const labels = word.replaceAll(/^[.-]+|[.-]+$/g, '').split('.');
    const last = labels.at(-1) ?? '';
    const isHost =
      labels.length > 1 && /^\p{L}{2,}$/u.test(last) && !fileTypes.has(last.toLowerCase());
    return (isHost && URL.parse(`http://${labels.join('.')}/`)?.hostname) || [];
  });
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

// Each one inside of another costs the parser more; a letter has a handful.
const mostForeign = 1000;

function isReadable(html: string): boolean {
  return (html.match(/<(?:svg|math)/gi)?.length ?? 0) <= mostForeign;
}
