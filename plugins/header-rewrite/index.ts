// Owns edits to the header of a judged message by the rules of the configuration.
import { definePlugin, type TransformContext } from '#plugin-api';
import { type Condition, holds } from './condition.ts';
import { type HeaderRewriteOptions, optionsSchema } from './options.ts';
import { setField } from './set-field.ts';
import { tagSubject } from './subject-tag.ts';
import { fillTemplate } from './template.ts';
import { describeVerdicts, verdictField } from './verdict-text.ts';

export default definePlugin<HeaderRewriteOptions>({
  name: 'header-rewrite',
  options: optionsSchema,
  setup(options) {
    return {
      async transform(context, next) {
        rewrite(context, options);
        await next();
      },
    };
  },
});

function rewrite(context: TransformContext, options: HeaderRewriteOptions): void {
  const { edit, verdicts } = context;
  const isDue = ({ when }: { readonly when: Condition }): boolean =>
    holds(when, { headers: edit, verdicts });
  // All conditions are about the message as it came to this plugin, whatever its rules then change.
  const replacements = options.replace.filter(isDue);
  const additions = options.add.filter(isDue);
  const tag =
    options.subjectTag !== undefined && isDue(options.subjectTag) ? options.subjectTag : undefined;

  for (const name of options.remove) edit.remove(name);
  for (const { name, value } of replacements) setField(edit, name, fillTemplate(value, context));
  for (const { name, value } of additions) edit.add(name, fillTemplate(value, context));
  if (tag !== undefined) tagSubject(edit, tag.text);
  if (options.isStamped) setField(edit, verdictField, describeVerdicts(verdicts));
}
