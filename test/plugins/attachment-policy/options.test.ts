import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from '#plugin-api';
import { dangerousExtensions } from '../../../plugins/attachment-policy/names/extensions.ts';
import { optionsSchema } from '../../../plugins/attachment-policy/options.ts';
import { defaultRules } from '../../../plugins/attachment-policy/rules/default-rules.ts';

const megabyte = 1024 * 1024;

test('nothing has to be given', () => {
  assert.deepEqual(optionsSchema.parse({}), {
    names: {
      extensions: new Set(dangerousExtensions),
      allowedExtensions: new Set(),
      allowedNames: new Set(),
    },
    rules: [...defaultRules],
    sizes: 'unknown',
    limits: {
      maxDepth: 5,
      maxEntries: 10_000,
      maxInflatedBytes: 200 * megabyte,
      maxRatio: 100,
      maxTimeMs: 20_000,
      maxHeldBytes: 25 * megabyte,
    },
  });
});

test('every option can be given', () => {
  const { names, rules, limits } = optionsSchema.parse({
    extensions: ['.EXE', 'library-ms'],
    allow: ['.JS', 'chm', 'Setup.EXE', 'my tool.exe'],
    rules: [
      {
        name: 'no-films',
        match: { types: ['video/*'], inside: 'message', min_size: '10MB' },
        verdict: 'flag',
        explanation: 'Films belong on the share.',
      },
    ],
    defaults: 'off',
    verdicts: { executable: 'flag' },
    limits: {
      depth: 3,
      entries: 100,
      inflated: '10 MB',
      ratio: 50,
      time: '500ms',
      max_archive: '1MB',
    },
  });
  assert.deepEqual(names, {
    extensions: new Set(['exe', 'library-ms']),
    allowedExtensions: new Set(['js', 'chm']),
    allowedNames: new Set(['setup.exe', 'my tool.exe']),
  });
  assert.deepEqual(limits, {
    maxDepth: 3,
    maxEntries: 100,
    maxInflatedBytes: 10 * megabyte,
    maxRatio: 50,
    maxTimeMs: 500,
    maxHeldBytes: megabyte,
  });
  assert.deepEqual(
    rules.map(({ name, verdict, explanation, match }) => [
      name,
      verdict,
      explanation,
      match.minBytes,
    ]),
    [['no-films', 'flag', 'Films belong on the share.', 10 * megabyte]],
  );
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
const rule = (changes: object): object => ({
  rules: [{ name: 'a', match: { detected: ['pdf'] }, verdict: 'flag', ...changes }],
});

const refusals: readonly (readonly [string, object, RegExp])[] = [
  ['an ending with a blank', { extensions: ['e xe'] }, extension],
  ['two endings', { extensions: ['tar.gz'] }, extension],
  ['a dot alone', { extensions: ['.'] }, extension],
  ['one ending that is no list', { extensions: 'exe' }, /expected a list/],
  ['a number', { extensions: [7] }, extension],
  ['a path to allow', { allow: ['a/setup.exe'] }, allow],
  ['a stream to allow', { allow: ['a.txt:b.exe'] }, allow],
  ['a name with a line break to allow', { allow: ['a\n.exe'] }, allow],
  ['nothing to allow', { allow: [''] }, allow],
  ['a name to allow that nobody can have', { allow: ['setup.exe.'] }, allow],
  ['a switch that is no word', { defaults: false }, /expected on or off/],
  ['a default rule that is none', { verdicts: { programs: 'off' } }, /programs/],
  ['a verdict that is none', { verdicts: { executable: 'pass' } }, /block, flag or off/],
  ['a rule without a name', rule({ name: '' }), /expected a name of letters/],
  ['a rule with a name for a header trick', rule({ name: 'a\nb' }), /expected a name of letters/],
  ['a rule that fits everything', rule({ match: {} }), /expected at least one condition/],
  ['an unknown trait', rule({ match: { traits: ['evil'] } }), /expected a trait: test-virus, /],
  ['no trait', rule({ match: { traits: [] } }), /expected a list with at least one member/],
  [
    'an unknown place',
    rule({ match: { inside: 'zip' } }),
    /expected message, archive, document or any/,
  ],
  ['an unknown condition', rule({ match: { extension: ['a'] } }), /extension/],
  [
    'a size without a unit',
    rule({ match: { min_size: '5' } }),
    /expected a size from 0B to 2GB, such as 25MB/,
  ],
  ['a size as a number', rule({ match: { max_size: 5 } }), /expected a size/],
  ['an unknown verdict', rule({ verdict: 'drop' }), /expected block, flag or pass/],
  ['an explanation on two lines', rule({ explanation: 'a\nb' }), /expected a sentence/],
  ['no depth', { limits: { depth: 0 } }, /expected a whole number from 1 to 20/],
  [
    'a time without a unit',
    { limits: { time: 20 } },
    /expected a duration from 0ms to 1h, such as 20s/,
  ],
  ['a time of days', { limits: { time: '99999s' } }, /expected a duration/],
  ['an unknown limit', { limits: { files: 7 } }, /files/],
  ['an unknown key', { extension: ['exe'] }, /extension/],
  ['an option of earlier versions', { unreadable: 'block' }, /unreadable/],
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
