// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { z } from '#plugin-api';
import type { FileSizes } from './examination.ts';
import { limitsSchema } from './limits-schema.ts';
import { dangerousExtensions } from './names/extensions.ts';
import type { NamePolicy } from './names/file-name.ts';
import { defaultRules } from './rules/default-rules.ts';
import { asksForSizes, type Rule } from './rules/rule.ts';
import { ruleSchema } from './rules/rule-schema.ts';

const extensionError = 'expected a file name ending such as exe';
const allowError = 'expected a file name ending such as js, or a whole name such as setup.exe';
const listError = 'expected a list';
const switchError = 'expected on or off';

const extension = z
  .string({ error: extensionError })
  .regex(/^\.?[\p{L}\p{N}_-]{1,32}$/u, { error: extensionError })
  .transform((text) => text.replace('.', '').toLowerCase());

const allowed = z
  .string({ error: allowError })
  .regex(/^[^\p{Cc}\\/:]{0,254}[^\p{Cc}\\/:.\s]$/u, { error: allowError })
  .transform((text) => text.toLowerCase());

const defaultNames = defaultRules.map(({ name }) => name);
const ruleError = `expected names of default rules: ${defaultNames.join(', ')}`;

const verdicts = z
  .partialRecord(
    z.enum(defaultNames, { error: ruleError }),
    z.enum(['block', 'flag', 'off'], { error: 'expected block, flag or off' }),
    { error: ruleError },
  )
  .default({})
  .describe('Default rules with another verdict; off takes a rule out.');

export const optionsSchema = z
  .strictObject({
    rules: z
      .array(ruleSchema, { error: listError })
      .default([])
      .describe('Rules of your own, before the default ones. The first that fits a file decides.'),
    defaults: z
      .enum(['on', 'off'], { error: switchError })
      .default('on')
      .describe('Whether the default rules hold.'),
    verdicts,
    extensions: z
      .array(extension, { error: listError })
      .default([...dangerousExtensions])
      .describe('Endings that make a name dangerous; in place of the list in the README.'),
    allow: z
      .array(allowed, { error: listError })
      .default([])
      .describe('Endings, or whole names, that are not dangerous all the same.'),
    limits: limitsSchema,
  })
  .transform((options) => {
    const words = options.allow.map((word) => word.replace(/^\./, ''));
    const names: NamePolicy = {
      extensions: new Set(options.extensions),
      allowedExtensions: new Set(words.filter((word) => !word.includes('.'))),
      allowedNames: new Set(words.filter((word) => word.includes('.'))),
    };
    const defaults = options.defaults === 'on' ? adjusted(options.verdicts) : [];
    const rules: readonly Rule[] = [...options.rules, ...defaults];
    const sizes: FileSizes = asksForSizes(rules) ? 'counted' : 'unknown';
    return { names, rules, sizes, limits: options.limits };
  });

export type AttachmentPolicyOptions = z.output<typeof optionsSchema>;

function adjusted(changes: Readonly<Record<string, 'block' | 'flag' | 'off' | undefined>>): Rule[] {
  return defaultRules.flatMap((rule) => {
    const verdict = changes[rule.name] ?? rule.verdict;
    return verdict === 'off' ? [] : [{ ...rule, verdict }];
  });
}
