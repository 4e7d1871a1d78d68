// Owns taking out images that are there to be fetched and not to be seen.
import { finished } from 'node:stream/promises';
import { RewritingStream } from 'parse5-html-rewriting-stream';
import { definePlugin, z } from '#plugin-api';

const optionsSchema = z.strictObject({
  hosts: z.array(z.string().regex(/^[a-z0-9.-]+$/, 'expected a host in small letters')).default([]),
});

export default definePlugin<z.output<typeof optionsSchema>>({
  name: 'remove-tracking-pixels',
  options: optionsSchema,
  setup: ({ hosts }, { metrics }) => {
    const removed = metrics.counter('removed_total', { help: 'Images that were taken out.' });
    return {
      async transform({ body }, next) {
        const paths: string[] = [];
        for await (const { path, contentType, fileNames } of body.parts()) {
          if (contentType === 'text/html' && fileNames.length === 0) paths.push(path);
        }
        for (const path of paths) {
          const html = (await body.isSealed(path)) ? undefined : await body.text(path);
          if (html === undefined) continue;
          const clean = await withoutPixels(html, hosts, () => removed.add());
          if (clean !== html) await body.setText(path, clean);
        }
        await next();
      },
    };
  },
});

type Attributes = ReadonlyMap<string, string>;

/**
 * Tokens are read, but images are cut out of the original itself: what the package would write lacks
 * a tag that breaks off at the end.
 */
async function withoutPixels(
  html: string,
  hosts: readonly string[],
  onRemoved: () => void,
): Promise<string> {
  if (!isReadable(html)) return html;
  const kept: string[] = [];
  let copied = 0;
  const reader = new RewritingStream();
  reader.on('startTag', ({ tagName, attrs, sourceCodeLocation }) => {
    const attributes = new Map(attrs.map(({ name, value }) => [name, value]));
    if (tagName !== 'img' || !sourceCodeLocation || !isPixel(attributes, hosts)) return;
    kept.push(html.slice(copied, sourceCodeLocation.startOffset));
    copied = sourceCodeLocation.endOffset;
    onRemoved();
  });
  reader.end(html);
  await finished(reader.resume());
  return kept.join('') + html.slice(copied);
}

/** Only what is fetched from elsewhere can tell anybody anything. */
function isPixel(attributes: Attributes, hosts: readonly string[]): boolean {
  const source = (attributes.get('src') ?? '').trim().replace(/^\/\//, 'https://');
  const url = URL.parse(source);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  if (hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))) return true;
  const style = (attributes.get('style') ?? '').toLowerCase();
  const isTiny = (side: 'width' | 'height'): boolean =>
    /^\s*[01](?:px)?\s*$/i.test(attributes.get(side) ?? '') ||
    new RegExp(`(?:^|[;\\s])(?:max-)?${side}\\s*:\\s*[01](?:px)?\\s*(?:[;!]|$)`).test(style);
  const isHidden = /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)/.test(style);
  return isHidden || (isTiny('width') && isTiny('height'));
}

// Each one inside of another costs the parser more; a letter has a handful.
const mostForeign = 1000;

function isReadable(html: string): boolean {
  return (html.match(/<(?:svg|math)/gi)?.length ?? 0) <= mostForeign;
}
