// Owns a sentence of the administrator above or below the texts of a message.
import { finished } from 'node:stream/promises';
import { RewritingStream } from 'parse5-html-rewriting-stream';
import { definePlugin, z } from '#plugin-api';

const optionsSchema = z.strictObject({
  text: z.string().min(1).max(2000),
  html: z.string().min(1).max(10_000).optional(),
  position: z.enum(['top', 'bottom']).default('top'),
});
type BannerOptions = z.output<typeof optionsSchema>;

export default definePlugin<BannerOptions>({
  name: 'banner',
  options: optionsSchema,
  setup: (options) => ({
    async transform({ body }, next) {
      const places = new Map<string, string>();
      for await (const { path, contentType, fileNames } of body.parts()) {
        // The first of each kind is what a mail program shows; later ones are quoted or attached.
        if (fileNames.length === 0 && !places.has(contentType)) places.set(contentType, path);
      }
      for (const type of ['text/plain', 'text/html']) {
        const path = places.get(type);
        if (path === undefined || (await body.isSealed(path))) continue;
        const shown = await body.text(path);
        if (shown === undefined) continue;
        const isHtml = type === 'text/html';
        await body.setText(path, isHtml ? await inHtml(shown, options) : inText(shown, options));
      }
      await next();
    },
  }),
});

function inText(shown: string, { text, position }: BannerOptions): string {
  const line = text.trim().replaceAll(/\r?\n/g, '\r\n');
  return position === 'top' ? `${line}\r\n\r\n${shown}` : `${shown}\r\n\r\n${line}\r\n`;
}

async function inHtml(shown: string, { text, html, position }: BannerOptions): Promise<string> {
  const banner = html ?? `<p>${escapeHtml(text).replaceAll('\n', '<br>')}</p>`;
  // Of the body that a mail program sees; not of one that stands in a comment or a title.
  let place: number | undefined;
  const reader = new RewritingStream();
  if (position === 'top') {
    reader.on('startTag', ({ tagName, sourceCodeLocation }) => {
      if (tagName === 'body') place ??= sourceCodeLocation?.endOffset;
    });
  } else {
    reader.on('endTag', ({ tagName, sourceCodeLocation }) => {
      if (tagName === 'body') place = sourceCodeLocation?.startOffset;
    });
  }
  if (isReadable(shown)) {
    reader.end(shown);
    await finished(reader.resume());
  }
  place ??= position === 'top' ? 0 : shown.length;
  return shown.slice(0, place) + banner + shown.slice(place);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

// Each one inside of another costs the parser more; a letter has a handful.
const mostForeign = 1000;

function isReadable(html: string): boolean {
  return (html.match(/<(?:svg|math)/gi)?.length ?? 0) <= mostForeign;
}
