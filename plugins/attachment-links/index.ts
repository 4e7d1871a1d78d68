// Owns putting large attachments into a folder that a web server shows, and a link in their place.
import { mkdir } from 'node:fs/promises';
import { definePlugin, z } from '#plugin-api';
import { saveLarge } from './save-large.ts';

const urlError = 'expected a URL that ends with /, such as https://files.example.org/mail/';
const sizeError = 'expected a size from 1KB to 20MB, such as 5MB';
const optionsSchema = z.strictObject({
  folder: z.string().min(1),
  base_url: z.string().regex(/^https?:\/\/\P{Cc}+\/$/u, urlError),
  min_size: z
    .string({ error: sizeError })
    .regex(/^(?:[1-9]\d{0,2} ?KB|(?:[1-9]|1\d|20) ?MB)$/, sizeError)
    .default('5MB')
    .transform((text) => Number.parseInt(text, 10) * (text.endsWith('KB') ? 1024 : 1024 ** 2)),
});

export default definePlugin<z.output<typeof optionsSchema>>({
  name: 'attachment-links',
  options: optionsSchema,
  async setup({ folder: path, base_url, min_size }, { resolvePath }) {
    const folder = resolvePath(path);
    await mkdir(folder, { recursive: true, mode: 0o750 });
    return {
      async transform({ body }, next) {
        const links = new Map<string, string>();
        for await (const part of body.parts()) {
          if (part.isContainer || part.fileNames.length === 0) continue;
          if (await body.isSealed(part.path)) continue;
          const name = await saveLarge(part, folder, min_size);
          if (name !== undefined) links.set(part.path, name);
        }
        for (const [place, name] of links) {
          const content = `This attachment is to be found at\r\n${new URL(name, base_url).href}\r\n`;
          await body.replace(place, { contentType: 'text/plain', content });
        }
        await next();
      },
    };
  },
});
