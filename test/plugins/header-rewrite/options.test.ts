import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from '#plugin-api';
import { optionsSchema } from '../../../plugins/header-rewrite/options.ts';

test('nothing has to be given', () => {
  assert.deepEqual(optionsSchema.parse({}), {
    remove: [],
    replace: [],
    add: [],
    subjectTag: undefined,
    isStamped: true,
  });
});

test('every option can be given', () => {
  const options = {
    remove: ['X-Old'],
    replace: [{ name: 'Reply-To', value: 'a@example.org' }],
    add: [{ name: 'X-New', value: '{session} Grüße', when: { flagged: 'spam*' } }],
    subject_tag: { text: '[SPAM] ', when: { header: 'X-Spam', equals: 'yes' } },
    stamp: false,
  };
  assert.deepEqual(optionsSchema.parse(options), {
    remove: ['X-Old'],
    replace: [{ name: 'Reply-To', value: 'a@example.org', when: { kind: 'always' } }],
    add: [{ name: 'X-New', value: '{session} Grüße', when: { kind: 'flagged', label: 'spam*' } }],
    subjectTag: {
      text: '[SPAM] ',
      when: { kind: 'header', name: 'X-Spam', comparison: 'equals', text: 'yes' },
    },
    isStamped: false,
  });
});

function added(field: object): object {
  return { add: [{ name: 'X-New', value: 'v', ...field }] };
}

const name = /expected the name of a header field/;
const value = /expected text on one line, not blank, at most 900 characters/;
const source = /expected exactly one of flagged, plugin and header/;
const comparison = /expected contains or equals, one of them, with header/;
const structure = /this field says how the message is to be read/;

const refusals: readonly (readonly [string, object, RegExp])[] = [
  ['a name with a colon', { remove: ['Subject:'] }, name],
  ['a name with a blank', { remove: ['X Y'] }, name],
  ['a name beyond ASCII', { remove: ['X-Größe'] }, name],
  ['an empty name', added({ name: '' }), name],
  ['a name with a line break', added({ name: 'X\r\nY' }), name],
  ['a value with a line break', added({ value: 'a\r\nBcc: b' }), value],
  ['a value with a NUL', added({ value: 'a\0' }), value],
  ['a value with C1', added({ value: 'a\u0085' }), value],
  ['a value that is no text', added({ value: 5 }), value],
  ['a value too long', added({ value: 'a'.repeat(901) }), value],
  ['a blank value', added({ value: '  ' }), value],
  ['a field without a value', { add: [{ name: 'X' }] }, value],
  [
    'an unknown placeholder',
    added({ value: '{sesion}' }),
    /unknown placeholder \{sesion\}; there are \{session\}, \{listener\}, \{user\}, \{verdict\}/,
  ],
  ['a placeholder that every object has', added({ value: '{constructor}' }), /unknown placeholder/],
  ['the removal of the type', { remove: ['content-type'] }, structure],
  ['a new encoding', added({ name: 'Content-Transfer-Encoding' }), structure],
  ['another MIME version', { replace: [{ name: 'MIME-Version', value: '2' }] }, structure],
  ['no condition', added({ when: {} }), source],
  ['two conditions', added({ when: { flagged: 'a', plugin: 'b' } }), source],
  ['a header without a comparison', added({ when: { header: 'X' } }), comparison],
  [
    'a header with two comparisons',
    added({ when: { header: 'X', contains: 'a', equals: 'b' } }),
    comparison,
  ],
  ['a comparison without a header', added({ when: { flagged: 'a', contains: 'b' } }), comparison],
  ['a blank comparison', added({ when: { header: 'X', contains: ' ' } }), value],
  ['a pattern', added({ when: { header: 'X', matches: '.*' } }), /matches/],
  ['a tag as bare text', { subject_tag: '[SPAM]' }, /subject_tag/],
  ['a blank tag', { subject_tag: { text: ' ' } }, value],
  ['one name that is no list', { remove: 'X-Old' }, /expected a list/],
  ['a word for the stamp', { stamp: 'yes' }, /expected true or false/],
  ['an unknown key', { delete: [] }, /delete/],
];

for (const [what, options, message] of refusals) {
  test(`refused: ${what}`, () => {
    assert.throws(() => optionsSchema.parse(options), message);
  });
}

test('the schema can be shown to editors', () => {
  const shown = z.toJSONSchema(optionsSchema, { io: 'input' });
  assert.equal(shown.additionalProperties, false);
});
