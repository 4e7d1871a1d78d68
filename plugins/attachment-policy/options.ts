// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { z } from '#plugin-api';
import { dangerousExtensions } from './extensions.ts';
import type { NameRules } from './file-name.ts';

const extensionError = 'expected a file name ending such as exe';
const allowError = 'expected a file name ending such as js, or a whole name such as setup.exe';
const listError = 'expected a list';

const extension = z
  .string({ error: extensionError })
  .regex(/^\.?[\p{L}\p{N}_-]{1,32}$/u, { error: extensionError })
  .transform((text) => text.replace('.', '').toLowerCase());

const allowed = z
  .string({ error: allowError })
  .regex(/^[^\p{Cc}\\/:]{0,254}[^\p{Cc}\\/:.\s]$/u, { error: allowError })
  .transform((text) => text.toLowerCase());

function judgement(about: string) {
  return z.boolean({ error: 'expected true or false' }).default(true).describe(about);
}

export const optionsSchema = z
  .strictObject({
    extensions: z
      .array(extension, { error: listError })
      .default([...dangerousExtensions])
      .describe('Endings of names that may not come; in place of the list in the README.'),
    allow: z
      .array(allowed, { error: listError })
      .default([])
      .describe('Endings, or whole names, that may come all the same.'),
    double_extensions: judgement('Stops programs named like documents: invoice.pdf.exe.'),
    rtl_override: judgement('Stops names that turn their own direction round.'),
    executables: judgement('Stops programs by their first octets, whatever their name.'),
    archives: judgement('Looks into zip archives.'),
    unreadable: z
      .enum(['flag', 'block', 'pass'], { error: 'expected flag, block or pass' })
      .default('flag')
      .describe('What becomes of archives that cannot be looked into.'),
    eicar: judgement('Stops the EICAR test virus.'),
    bare_line_ends: z
      .enum(['flag', 'block', 'pass'], { error: 'expected flag, block or pass' })
      .default('block')
      .describe('What becomes of header fields and boundary lines hidden behind a CR without LF.'),
  })
  .transform((options) => {
    const allowedWords = options.allow.map((word) => word.replace(/^\./, ''));
    const names: NameRules = {
      extensions: new Set(options.extensions),
      allowedExtensions: new Set(allowedWords.filter((word) => !word.includes('.'))),
      allowedNames: new Set(allowedWords.filter((word) => word.includes('.'))),
      judgesDoubleExtensions: options.double_extensions,
      judgesDirection: options.rtl_override,
    };
    return {
      names,
      judgesPrograms: options.executables,
      judgesTestVirus: options.eicar,
      opensArchives: options.archives,
      unreadable: options.unreadable,
      bareLineEnds: options.bare_line_ends,
    };
  });

export type AttachmentPolicyOptions = z.output<typeof optionsSchema>;
