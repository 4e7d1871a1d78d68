// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { z } from '#plugin-api';
import type { Condition } from './condition.ts';
import { findUnknownPlaceholder, placeholders } from './template.ts';

export interface FieldRule {
  readonly name: string;
  /** May hold placeholders. */
  readonly value: string;
  readonly when: Condition;
}

export interface SubjectTag {
  readonly text: string;
  readonly when: Condition;
}

const nameError = 'expected the name of a header field, such as X-Scanned';
const valueError = 'expected text on one line, not blank, at most 900 characters';
const listError = 'expected a list';
const sourceError = 'expected exactly one of flagged, plugin and header';
const comparisonError = 'expected contains or equals, one of them, with header';

// RFC 5322 s.3.6.8: printable US-ASCII except the colon.
const fieldName = z.string({ error: nameError }).regex(/^[!-9;-~]{1,127}$/, { error: nameError });

/** What was judged must be what the client reads, so the fields that say how stay as they are. */
const changeableName = fieldName.refine(
  (name) => !/^(?:content-|mime-version$)/i.test(name),
  'this field says how the message is to be read, and cannot change after it was judged',
);

const line = z
  .string({ error: valueError })
  .regex(/^(?=.*\S)\P{Cc}{1,900}$/u, { error: valueError });

const template = line.superRefine((text, context) => {
  const unknown = findUnknownPlaceholder(text);
  if (unknown === undefined) return;
  const message = `unknown placeholder ${unknown}; there are ${placeholders.join(', ')}`;
  context.addIssue({ code: 'custom', message });
});

const condition = z
  .strictObject({
    flagged: line
      .optional()
      .describe('A plugin gave this label or finding; * at the end stands for any rest.'),
    plugin: line.optional().describe('This plugin found something.'),
    header: fieldName.optional().describe('A field of the message, to be compared.'),
    contains: line.optional().describe('The field contains this text, in whatever case.'),
    equals: line.optional().describe('The field is this text, in whatever case.'),
  })
  .transform(({ flagged, plugin, header, contains, equals }, context): Condition => {
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    const given = [flagged, plugin, header].filter((source) => source !== undefined);
    if (given.length !== 1) return refuse(sourceError);
    const isComparison = contains !== undefined || equals !== undefined;
    const isBoth = contains !== undefined && equals !== undefined;
    if (isBoth || isComparison !== (header !== undefined)) return refuse(comparisonError);
    if (flagged !== undefined) return { kind: 'flagged', label: flagged };
    if (plugin !== undefined) return { kind: 'plugin', plugin };
    const name = header ?? '';
    return contains === undefined
      ? { kind: 'header', name, comparison: 'equals', text: equals ?? '' }
      : { kind: 'header', name, comparison: 'contains', text: contains };
  });

const always: Condition = { kind: 'always' };

const fieldRule = z
  .strictObject({
    name: changeableName,
    value: template.describe(`Text; ${placeholders.join(', ')} are filled in.`),
    when: condition.optional().describe('Default: always.'),
  })
  .transform(({ name, value, when }): FieldRule => ({ name, value, when: when ?? always }));

const subjectTag = z
  .strictObject({
    text: line.describe('Stands before the subject, such as "[SPAM] ".'),
    when: condition.optional().describe('Default: always.'),
  })
  .transform(({ text, when }): SubjectTag => ({ text, when: when ?? always }));

export const optionsSchema = z
  .strictObject({
    remove: z
      .array(changeableName, { error: listError })
      .default([])
      .describe('Names of fields; all fields of these names go.'),
    replace: z
      .array(fieldRule, { error: listError })
      .default([])
      .describe('Fields that get a new value, and are added where there are none.'),
    add: z
      .array(fieldRule, { error: listError })
      .default([])
      .describe('New fields, above all others.'),
    subject_tag: subjectTag.optional(),
    stamp: z
      .boolean({ error: 'expected true or false' })
      .default(true)
      .describe('Adds X-Postern-Verdict with what was found.'),
  })
  .transform(({ remove, replace, add, subject_tag, stamp }) => ({
    remove,
    replace,
    add,
    subjectTag: subject_tag,
    isStamped: stamp,
  }));

export type HeaderRewriteOptions = z.output<typeof optionsSchema>;
