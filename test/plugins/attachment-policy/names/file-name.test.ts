import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dangerousExtensions } from '../../../../plugins/attachment-policy/names/extensions.ts';
import {
  extensionsOf,
  type NamePolicy,
  traitsOfName,
} from '../../../../plugins/attachment-policy/names/file-name.ts';
import { optionsSchema } from '../../../../plugins/attachment-policy/options.ts';
import type { Trait } from '../../../../plugins/attachment-policy/trait.ts';

function policyOf(options: object = {}): NamePolicy {
  return optionsSchema.parse(options).names;
}

const dangerous: Trait = 'dangerous-name';
const double: Trait = 'double-extension';
const turned: Trait = 'rtl-name';
const blank: Trait = 'long-blank-name';

const judgements: readonly (readonly [string, ...Trait[]])[] = [
  ['report.pdf'],
  ['report.v1.2.final.pdf'],
  ['notes.zip'],
  ['letter.doc'],
  ['backup.tar.gz'],
  ['exe'],
  ['.exe', dangerous],
  ['README'],
  [''],
  ['...'],
  ['Rechnung für Müller.pdf'],
  ['how to run setup.exe safely'],
  ['setup.exe.txt'],
  ['שלום\u200f.pdf'],

  ['setup.exe', dangerous],
  ['SETUP.EXE', dangerous],
  ['Setup.eXe', dangerous],
  ['a.b.c.scr', dangerous],
  ['macro.vbs', dangerous],
  ['disk.iso', dangerous],
  ['search.search-ms', dangerous],
  ['folder.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}', dangerous],

  ['setup.exe.', dangerous],
  ['setup.exe...', dangerous],
  ['setup.exe   ', dangerous],
  ['setup.exe . . ', dangerous],
  ['setup.exe"', dangerous],
  ["setup.exe'", dangerous],
  ['setup.exe;', dangerous],
  ['setup.exe?', dangerous],
  ['setup.e\u034fxe', dangerous],
  ['setup.exe\ufe0f', dangerous],
  ['tool.inetloc', dangerous],
  ['update.msu', dangerous],
  ['setup.exe\u00a0', dangerous],
  ['setup.exe\u2800', dangerous],
  ['setup.exe\u3164', dangerous],
  ['setup.exe\u200b', dangerous],
  ['setup.e\u200bxe', dangerous],
  ['setup.e\u00adxe', dangerous],
  ['setup. exe', dangerous],
  ['setup.exe\0.txt', dangerous],
  ['setup.exe\n.txt', dangerous],
  ['setup.e\0xe', dangerous],
  ['C:\\temp\\setup.exe', dangerous],
  ['../../setup.exe', dangerous],
  ['setup.exe/', dangerous],
  ['setup.exe\\', dangerous],
  ['setup.exe:stream', dangerous],
  ['setup.exe::$DATA', dangerous],
  ['setup.exe:x.txt', dangerous],
  ['notes.txt:setup.exe', dangerous],
  ['setup\uff0eexe', dangerous],
  ['setup.\uff45\uff58\uff45', dangerous],
  ['setup\u2024exe', dangerous],

  ['invoice.pdf.exe', double],
  ['invoice.PDF.Exe', double],
  ['invoice.pdf      .exe', double],
  ['invoice.pdf\u2800\u2800\u2800.exe', double],
  ['invoice.pdf. .exe', double],
  ['invoice.pdf..exe', double],
  ['invoice.pdf.exe ', double],
  ['photo.jpg.lnk', double],
  ['archive.zip.js', double],
  ['x/y.docx.scr', double],
  ['invoice.pdf.exe:x', double],

  ['photo_\u202egnp.scr', turned, dangerous],
  ['photo_\u202egnp.txt', turned],
  ['a\u202db', turned],
  ['a\u2066b\u2069', turned],
  ['invoice.pdf\u202e.exe', turned, double, dangerous],

  ['invoice.pdf            .exe', blank, double],
  ['invoice            .pdf', blank],
  ['invoice\u2800\u2800\u2800\u2800\u2800\u2800\u2800\u2800\u2800\u2800.txt', blank],
  ['a  letter   with    some     blanks.txt'],
  ['letter                            without an ending'],
];

for (const [name, ...traits] of judgements) {
  test(`${JSON.stringify(name)} has ${traits.join(' and ') || 'nothing remarkable'}`, () => {
    assert.deepEqual(traitsOfName(name, policyOf()), traits);
  });
}

const configured: readonly (readonly [string, object, string, Trait | undefined])[] = [
  ['an own list replaces ours', { extensions: ['.XYZ'] }, 'a.xyz', dangerous],
  ['and ours is gone', { extensions: ['xyz'] }, 'setup.exe', undefined],
  ['but not for deceit', { extensions: ['xyz'] }, 'invoice.pdf.exe', double],
  ['an own ending can deceive', { extensions: ['xyz'] }, 'invoice.pdf.xyz', double],
  ['an ending is allowed', { allow: ['JS'] }, 'code.js', undefined],
  ['with a dot in front', { allow: ['.js'] }, 'code.js', undefined],
  ['also behind another', { allow: ['js'] }, 'page.html.js', undefined],
  ['and no other', { allow: ['js'] }, 'code.vbs', dangerous],
  ['a whole name is allowed', { allow: ['Setup.exe'] }, 'SETUP.exe', undefined],
  ['in whatever folder', { allow: ['setup.exe'] }, 'a/setup.exe', undefined],
  ['and no longer one', { allow: ['setup.exe'] }, 'my setup.exe', dangerous],
  ['nor one that hides another', { allow: ['setup.exe'] }, 'setup.exe:b.scr', dangerous],
  ['an allowed name may not turn round', { allow: ['exe'] }, 'a\u202eb.exe', turned],
];

for (const [what, options, name, finding] of configured) {
  test(`${what}: ${JSON.stringify(name)} has ${finding ?? 'nothing remarkable'}`, () => {
    assert.deepEqual(traitsOfName(name, policyOf(options)), finding === undefined ? [] : [finding]);
  });
}

const blanks = [' ', '\t', '\u00a0', '\u200b', '\u2800', '\0', '\u3164', '\ufeff', '.'];
const before = fc.array(fc.constantFrom(...blanks)).map((all) => all.join(''));
const after = fc.array(fc.constantFrom(...blanks, '"')).map((all) => all.join(''));
const stem = fc.string({ unit: 'grapheme', maxLength: 20 });

test('no padding hides a dangerous ending', () => {
  const policy = policyOf();
  const ending = fc.constantFrom(...dangerousExtensions);
  fc.assert(
    fc.property(stem, before, ending, after, fc.boolean(), (text, front, end, back, isUpper) => {
      const name = `${text}.${front}${isUpper ? end.toUpperCase() : end}${back}`;
      assert.notDeepEqual(traitsOfName(name, policy), []);
    }),
  );
});

test('the traits of any name are found in linear time', () => {
  const policy = policyOf();
  const pieces = fc.constantFrom(' ', '.', '/', '\\', ':', '"', 'exe', '\u202e', '\ud800', 'a');
  fc.assert(
    fc.property(
      fc.array(pieces).map((all) => all.join('')),
      (name) => {
        traitsOfName(name, policy);
      },
    ),
  );
  for (const piece of [' ', '. ', '/', ':', '"', ' x', '.exe ', '\u0301']) {
    traitsOfName(`${piece.repeat(200_000)}x`, policy);
  }
});

test('the ending of a name is known in whatever dress', () => {
  for (const name of ['a.zip', 'A.ZIP ', 'a.b.zip.', 'x/a.zip', 'a.z\u200bip']) {
    assert.ok(extensionsOf(name).has('zip'), name);
  }
  assert.equal(extensionsOf('zip').has('zip'), false);
  assert.equal(extensionsOf('a.zip.txt').has('zip'), false);
});
