import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildZip } from '../archives/zip-builder.ts';
import { examine, outermost, traitsIn } from '../examine.ts';
import { windowsProgram } from '../samples.ts';
import { buildCompound } from './compound-builder.ts';
import { nativeObject, officeFile, relationships } from './office-builder.ts';

const text = Buffer.from('<x/>');

const packages: readonly (readonly [string, Buffer, string, readonly string[]])[] = [
  ['an honest letter', officeFile('word'), 'docx', []],
  ['an honest sheet', officeFile('xl'), 'xlsx', []],
  ['honest slides', officeFile('ppt'), 'pptx', []],
  ['a letter with macros', officeFile('word', { 'word/vbaProject.bin': text }), 'docx', ['macro']],
  [
    'macros under another name',
    officeFile(
      'word',
      { 'word/picture.bin': text },
      '<Override PartName="/word/picture.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
    ),
    'docx',
    ['macro'],
  ],
  [
    'macros in escaped letters',
    officeFile(
      'word',
      { 'word/picture.bin': text },
      '<Override PartName="/word/picture.bin" ContentType="application/vnd.ms-office.vba&#80;roject"/>',
    ),
    'docx',
    ['macro'],
  ],
  [
    'a second list of types',
    officeFile('word', {
      '[content_types].xml': Buffer.from(
        '<Types><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
      ),
    }),
    'docx',
    ['macro'],
  ],
  [
    'more relationships than are read',
    officeFile(
      'word',
      Object.fromEntries(
        Array.from({ length: 501 }, (_, index) => [`word/_rels/${index}.xml.rels`, text]),
      ),
    ),
    'docx',
    ['hidden-structure'],
  ],
  [
    'a type that allows macros',
    officeFile(
      'xl',
      {},
      '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>',
    ),
    'xlsx',
    ['macro'],
  ],
  ['a macro sheet', officeFile('xl', { 'xl/macrosheets/sheet1.xml': text }), 'xlsx', ['macro']],
  ['names in upper case', officeFile('word', { 'WORD/VBAPROJECT.BIN': text }), 'docx', ['macro']],
  [
    'a template from elsewhere',
    officeFile('word', {
      'word/_rels/settings.xml.rels': relationships('attachedTemplate', 'http://a.example/x.dotm'),
    }),
    'docx',
    ['external-template'],
  ],
  [
    'an object from elsewhere',
    officeFile('word', {
      'word/_rels/document.xml.rels': relationships('oleObject', 'mhtml:https://a.example/x!x'),
    }),
    'docx',
    ['external-template'],
  ],
  [
    'a link',
    officeFile('word', {
      'word/_rels/document.xml.rels': relationships('hyperlink', 'http://a.example/'),
    }),
    'docx',
    [],
  ],
  [
    'a template of the author',
    officeFile('word', {
      'word/_rels/settings.xml.rels': relationships(
        'attachedTemplate',
        'file:///C:\\Users\\x\\Normal.dotm',
      ),
    }),
    'docx',
    [],
  ],
];

for (const [what, file, detected, traits] of packages) {
  test(`${what}: ${traits.join(', ') || 'nothing remarkable'}`, async () => {
    assert.deepEqual(await outermost(file), { detected, traits });
  });
}

test('the project with the macros is no file of its own', async () => {
  const project = buildCompound([{ path: 'VBA/dir', content: text }]);
  assert.deepEqual(
    await traitsIn(officeFile('word', { 'word/vbaProject.bin': project }), { name: 'a.docm' }),
    ['a.docm: macro (vbaProject.bin)'],
  );
});

test('an object in a document is examined with its name', async () => {
  const object = buildCompound([
    { path: '\x01Ole10Native', content: nativeObject('a.exe', windowsProgram()) },
  ]);
  const { files } = await examine(officeFile('word', { 'word/embeddings/oleObject1.bin': object }));
  assert.deepEqual(
    files.map(({ names: [name], place, traits }) => [name, place.inside, [...traits.keys()]]),
    [
      ['[Content_Types].xml', 'document', []],
      ['word/document.xml', 'document', []],
      ['a.exe', 'document', ['dangerous-name', 'executable']],
      ['word/embeddings/oleObject1.bin', 'document', ['embedded-object']],
      [undefined, 'message', ['embedded-object']],
    ],
  );
});

const openDocuments: readonly (readonly [string, readonly string[]])[] = [
  ['Basic/Standard/Module1.xml', ['macro']],
  ['Scripts/python/a.py', ['macro']],
  ['Basic/Standard/script-lb.xml', []],
  ['Pictures/a.png', []],
];

for (const [part, traits] of openDocuments) {
  test(`an OpenDocument with ${part}: ${traits.join('') || 'nothing remarkable'}`, async () => {
    const names = ['mimetype', 'META-INF/manifest.xml', 'content.xml', part];
    const file = buildZip(names.map((name) => ({ name, content: text })));
    assert.deepEqual(await outermost(file), { detected: 'odf', traits });
  });
}

const sheet = (type: number): Buffer => {
  const record = Buffer.from('85000b0000000000000003004f6e65', 'hex');
  record.writeUInt8(type, 9);
  return Buffer.concat([
    Buffer.from('0908080000060500bb0dcc07', 'hex'),
    record,
    Buffer.from('0a000000', 'hex'),
  ]);
};
const filePass = Buffer.from('0908080000060500bb0dcc072f0002000100', 'hex');
const fib = (flags: number): Buffer => Buffer.from([0xec, 0xa5, ...Array(9).fill(0), flags, 0, 0]);

const compounds: readonly (readonly [string, Buffer, string, readonly string[]])[] = [
  ['an honest letter', buildCompound([{ path: 'WordDocument', content: fib(0) }]), 'doc', []],
  [
    'an encrypted letter',
    buildCompound([{ path: 'WordDocument', content: fib(1) }]),
    'doc',
    ['encrypted-document'],
  ],
  [
    'a letter with macros',
    buildCompound([
      { path: 'WordDocument', content: fib(0) },
      { path: 'Macros/VBA/dir', content: text },
    ]),
    'doc',
    ['macro'],
  ],
  [
    'a sheet with macros',
    buildCompound([
      { path: 'Workbook', content: sheet(0) },
      { path: '_VBA_PROJECT_CUR/VBA/_VBA_PROJECT', content: text },
    ]),
    'xls',
    ['macro'],
  ],
  ['an honest sheet', buildCompound([{ path: 'Workbook', content: sheet(0) }]), 'xls', []],
  [
    'a macro sheet of Excel 4',
    buildCompound([{ path: 'Workbook', content: sheet(1) }]),
    'xls',
    ['macro'],
  ],
  [
    'an encrypted sheet',
    buildCompound([{ path: 'Workbook', content: filePass }]),
    'xls',
    ['encrypted-document'],
  ],
  [
    'an encrypted new document',
    buildCompound([
      { path: 'EncryptionInfo', content: text },
      { path: 'EncryptedPackage', content: text },
    ]),
    'cfb',
    ['encrypted-document'],
  ],
  [
    'an installer',
    buildCompound([{ path: 'x', content: text }], {
      rootClass: '84100c0000000000c000000000000046',
    }),
    'msi',
    ['installer'],
  ],
];

for (const [what, file, detected, traits] of compounds) {
  test(`${what} in a compound file: ${traits.join(', ') || 'nothing remarkable'}`, async () => {
    assert.deepEqual(await outermost(file), { detected, traits });
  });
}

test('the attachments of a saved mail are examined', async () => {
  const folder = '__attach_version1.0_#00000000';
  const mail = buildCompound([
    { path: `${folder}/__substg1.0_3707001F`, content: Buffer.from('a.exe', 'utf16le') },
    { path: `${folder}/__substg1.0_37010102`, content: windowsProgram() },
  ]);
  assert.deepEqual(await traitsIn(mail, { name: 'a.msg' }), [
    'a.exe: dangerous-name',
    'a.exe: executable (a Windows program)',
  ]);
});

test('a compound file that is cut off is unreadable', async () => {
  const { traits } = await outermost(buildCompound([]).subarray(0, 100));
  assert.deepEqual(traits, ['unreadable-archive']);
});

const flat: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'an honest one',
    '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>',
    [],
  ],
  ['one with macros', '<?xml version="1.0"?><w:wordDocument w:macrosPresent="yes"/>', ['macro']],
  [
    'one that holds them in base64',
    '<?xml version="1.0"?><w:binData>QWN0aXZlTWltZQ==</w:binData>',
    ['macro', 'hidden-structure'],
  ],
];

for (const [what, content, traits] of flat) {
  test(`a document in one file of XML, ${what}: ${traits.join('') || 'nothing remarkable'}`, async () => {
    assert.deepEqual((await outermost(Buffer.from(content))).traits, traits);
  });
}

test('the files in a flat package are examined', async () => {
  const object = buildCompound([{ path: '_VBA_PROJECT', content: Buffer.alloc(8) }]);
  const flatPackage = `<?xml version="1.0"?><pkg:package><pkg:part pkg:name="/word/vbaProject.bin">
    <pkg:binaryData>${object.toString('base64')}</pkg:binaryData></pkg:part></pkg:package>`;
  assert.deepEqual(await traitsIn(Buffer.from(flatPackage), { name: 'a.xml' }), [
    '-: macro (_VBA_PROJECT)',
    'a.xml: hidden-structure (files in base64)',
  ]);
});

test('a file in a document of 2003 has the name that it has there', async () => {
  const program = windowsProgram().toString('base64');
  const flatDocument = `<?xml version="1.0"?><w:binData w:name="a.exe">${program}</w:binData>`;
  assert.deepEqual(await traitsIn(Buffer.from(flatDocument), { name: 'a.xml' }), [
    'a.exe: dangerous-name',
    'a.exe: executable (a Windows program)',
    'a.xml: hidden-structure (files in base64)',
  ]);
});

const richTexts: readonly (readonly [string, string, readonly string[]])[] = [
  ['text', '{\\rtf1 Hello}', []],
  ['an object', '{\\rtf1 {\\object\\objemb{\\*\\objdata 0105}}}', ['embedded-object']],
  [
    'a template from elsewhere',
    '{\\rtf1{\\*\\template http://a.example/x.dotm}}',
    ['external-template'],
  ],
  ['a template', '{\\rtf1{\\*\\template C:\\\\x\\\\Normal.dotm}}', []],
  ['an own template', "{\\rtf1{\\*\\template C:\\\\M\\'fcller\\\\Normal.dotm}}", []],
  ['a number behind the word', '{\\rtf1{\\object{\\*\\objdata0105}}}', ['embedded-object']],
  [
    'a template behind line ends',
    `{\\rtf1{\\*\\template1 ${'\n'.repeat(600)}http://a.example/x.dotm}}`,
    ['external-template'],
  ],
  [
    'a template behind another one',
    '{\\rtf1{\\*\\template C:\\\\x.dot}{\\*\\template http://a.example/x.dotm}}',
    ['external-template'],
  ],
  [
    'a template in escapes',
    "{\\rtf1{\\*\\template h\\'74\\u116 ?p://a.example/x.dotm}}",
    ['external-template'],
  ],
  [
    'a template on a share',
    '{\\rtf1{\\*\\template \\\\\\\\a.example\\\\x.dotm}}',
    ['external-template'],
  ],
];

for (const [what, content, traits] of richTexts) {
  test(`a rich text with ${what}: ${traits.join('') || 'nothing remarkable'}`, async () => {
    assert.deepEqual(await outermost(Buffer.from(content)), { detected: 'rtf', traits });
  });
}

test('macros of an OpenDocument file that is one text', async () => {
  const document = `<?xml version="1.0"?><office:document><ooo:source-code>Sub Main</ooo:source-code></office:document>`;
  const { traits } = await outermost(Buffer.from(document), { name: 'a.fodt' });
  assert.deepEqual(traits, ['macro']);
});
