import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from '#plugin-api';
import { dangerousExtensions } from '../../../plugins/attachment-policy/extensions.ts';
import { optionsSchema } from '../../../plugins/attachment-policy/options.ts';

test('nothing has to be given', () => {
  assert.deepEqual(optionsSchema.parse({}), {
    names: {
      extensions: new Set(dangerousExtensions),
      allowedExtensions: new Set(),
      allowedNames: new Set(),
      judgesDoubleExtensions: true,
      judgesDirection: true,
    },
    judgesPrograms: true,
    judgesTestVirus: true,
    opensArchives: true,
    unreadable: 'flag',
    bareLineEnds: 'block',
  });
});

test('every option can be given', () => {
  const options = {
    extensions: ['.EXE', 'library-ms'],
    allow: ['.JS', 'chm', 'Setup.EXE', 'my tool.exe'],
    double_extensions: false,
    rtl_override: false,
    executables: false,
    archives: false,
    unreadable: 'block',
    bare_line_ends: 'flag',
    eicar: false,
  };
  assert.deepEqual(optionsSchema.parse(options), {
    names: {
      extensions: new Set(['exe', 'library-ms']),
      allowedExtensions: new Set(['js', 'chm']),
      allowedNames: new Set(['setup.exe', 'my tool.exe']),
      judgesDoubleExtensions: false,
      judgesDirection: false,
    },
    judgesPrograms: false,
    judgesTestVirus: false,
    opensArchives: false,
    unreadable: 'block',
    bareLineEnds: 'flag',
  });
});

test('our list has each ending once, in lower case, and nothing that people need', () => {
  assert.equal(new Set(dangerousExtensions).size, dangerousExtensions.length);
  assert.doesNotThrow(() => optionsSchema.parse({ extensions: [...dangerousExtensions] }));
  for (const harmless of ['zip', 'pdf', 'doc', 'docx', 'xlsx', 'txt', 'jpg', 'htm', 'eml']) {
    assert.ok(!dangerousExtensions.includes(harmless), harmless);
  }
});

const extension = /expected a file name ending such as exe/;
const allow = /expected a file name ending such as js, or a whole name such as setup.exe/;
const refusals: readonly (readonly [string, object, RegExp])[] = [
  ['a pattern', { extensions: ['*.exe'] }, extension],
  ['two endings in one', { extensions: ['tar.gz'] }, extension],
  ['an empty ending', { extensions: [''] }, extension],
  ['a dot alone', { extensions: ['.'] }, extension],
  ['one ending that is no list', { extensions: 'exe' }, /expected a list/],
  ['a number', { extensions: [7] }, extension],
  ['a path to allow', { allow: ['a/setup.exe'] }, allow],
  ['a stream to allow', { allow: ['a.txt:b.exe'] }, allow],
  ['a name with a line break to allow', { allow: ['a\n.exe'] }, allow],
  ['nothing to allow', { allow: [''] }, allow],
  ['a name to allow that nobody can have', { allow: ['setup.exe.'] }, allow],
  ['a word for a switch', { executables: 'yes' }, /expected true or false/],
  ['an unknown word', { unreadable: 'defer' }, /expected flag, block or pass/],
  ['an unknown key', { extension: ['exe'] }, /extension/],
];

for (const [name, options, message] of refusals) {
  test(`refused: ${name}`, () => {
    assert.throws(() => optionsSchema.parse(options), message);
  });
}

test('the schema can be shown to editors', () => {
  const shown = z.toJSONSchema(optionsSchema, { io: 'input' });
  assert.equal(shown.additionalProperties, false);
});
