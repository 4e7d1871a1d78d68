import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { examine, outermost, traitsIn } from '../examine.ts';
import { eicar, windowsProgram } from '../samples.ts';

function pdf(...bodies: readonly (string | Buffer)[]): Buffer {
  const octets = bodies.map((body) =>
    typeof body === 'string' ? Buffer.from(body, 'latin1') : body,
  );
  return Buffer.concat([Buffer.from('%PDF-1.7\n'), ...octets, Buffer.from('\n%%EOF\n')]);
}

function stream(dictionary: string, content: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`1 0 obj\n<<${dictionary}>>\nstream\r\n`, 'latin1'),
    content,
    Buffer.from('\r\nendstream\nendobj\n'),
  ]);
}

const action = '<</S /JavaScript /JS (app.alert(1))>>';

function ascii85(octets: Buffer): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 4) {
    const group = Buffer.alloc(4);
    const length = octets.copy(group, 0, at, at + 4);
    let value = group.readUInt32BE();
    let digits = '';
    for (let index = 0; index < 5; index += 1) {
      digits = String.fromCharCode(33 + (value % 85)) + digits;
      value = Math.floor(value / 85);
    }
    text += digits.slice(0, length + 1);
  }
  return `${text}~>`;
}

const cases: readonly (readonly [what: string, content: Buffer, traits: readonly string[]])[] = [
  ['text', pdf('1 0 obj <</Type /Page>> endobj'), []],
  ['a script', pdf(action), ['pdf-script']],
  ['a script in other letters', pdf('<</S/J#61vaScr#69pt/JS(x)>>'), ['pdf-script']],
  [
    'a script in letters that are all numbers',
    pdf(
      `<</S /${'JavaScript'.replaceAll(/./g, (letter) => `#${letter.charCodeAt(0).toString(16)}`)}>>`,
    ),
    ['pdf-script'],
  ],
  ['a word that is longer', pdf('<</JavaScripts 1>>'), []],
  ['a program to start', pdf('<</S /Launch /F (cmd.exe)>>'), ['pdf-launch']],
  ['a film', pdf('<</S /Rendition /R 5 0 R>>'), []],
  ['a film with a script', pdf('<</S /Rendition /JS (x)>>'), ['pdf-script']],
  ['encryption', pdf('trailer <</Encrypt 5 0 R>>'), ['encrypted-document']],
  ['a text about encryption', pdf('(how to /Encrypt a document)'), []],
  [
    'objects in a stream',
    pdf(stream('/Type /ObjStm /Filter /FlateDecode', deflateSync(action))),
    ['pdf-script'],
  ],
  [
    'objects in a stream without a filter',
    pdf(
      stream('/Type /ObjStm', Buffer.from(`1 0 ${action.replace('JavaScript', 'J#61vaScript')}`)),
    ),
    ['pdf-script'],
  ],
  [
    'objects behind two filters',
    pdf(
      stream(
        '/Type/ObjStm/Filter[/ASCIIHexDecode/FlateDecode]',
        Buffer.from(`${deflateSync(action).toString('hex')}>`),
      ),
    ),
    ['pdf-script'],
  ],
  [
    'objects in base 85',
    pdf(stream('/Type/ObjStm/Filter[/A85 /Fl]', Buffer.from(ascii85(deflateSync(action))))),
    ['pdf-script'],
  ],
  [
    'a filter in other letters',
    pdf(stream('/Type/ObjStm/F#69lter/Fl#61teDecode', deflateSync(action))),
    ['pdf-script'],
  ],
  [
    'objects behind a filter that nobody uses',
    pdf(stream('/Type /ObjStm /Filter /LZWDecode', Buffer.from('x'))),
    ['hidden-structure'],
  ],
  [
    'a filter that stands elsewhere',
    pdf(stream('/Type /ObjStm /Filter 7 0 R', deflateSync(action))),
    ['hidden-structure'],
  ],
  [
    'objects behind a predictor',
    pdf(
      stream(
        '/Type /ObjStm /Filter /FlateDecode /DecodeParms <</Predictor 12>>',
        deflateSync(action),
      ),
    ),
    ['hidden-structure'],
  ],
  [
    'objects behind a text that poses as a stream',
    pdf(
      stream(
        '/Type /ObjStm /X (100% \\) stream\nx\nendstream endobj) /Filter /FlateDecode',
        deflateSync(action),
      ),
    ),
    ['pdf-script'],
  ],
  [
    'objects behind a long dictionary',
    pdf(stream(`/Type /ObjStm /X (${'x'.repeat(5000)}) /Filter /FlateDecode`, deflateSync(action))),
    ['pdf-script'],
  ],
  [
    'two filters of which one is none',
    pdf(stream('/Type /ObjStm /X (/Filter []) /Filter /FlateDecode', deflateSync(action))),
    ['hidden-structure'],
  ],
  ['objects that are not there', pdf('1 0 obj <</Type /ObjStm>> endobj'), ['hidden-structure']],
  [
    'encryption in a comment',
    pdf('%/Encrypt 1 0 R\n', stream('/Type /ObjStm /Filter /Fl', deflateSync(action))),
    ['encrypted-document', 'pdf-script'],
  ],
  ['a form with scripts of its own', pdf('<</AcroForm <</XFA 5 0 R>>>>'), ['pdf-script']],
  [
    'a file that cannot be unpacked',
    pdf(stream('/Type /EmbeddedFile /Filter /LZWDecode', Buffer.from('x'))),
    ['pdf-embedded-file', 'hidden-structure'],
  ],
  [
    'objects that are damaged',
    pdf(stream('/Type /ObjStm /Filter /FlateDecode', Buffer.from('garbage'))),
    ['hidden-structure'],
  ],
];

for (const [what, content, traits] of cases) {
  test(`a PDF with ${what}: ${traits.join(', ') || 'nothing remarkable'}`, async () => {
    assert.deepEqual(await outermost(content), { detected: 'pdf', traits });
  });
}

test('files in a PDF are examined', async () => {
  const content = pdf(
    stream('/Type /EmbeddedFile /Filter /FlateDecode', deflateSync(windowsProgram())),
    stream('/Type /EmbeddedFile', eicar),
  );
  assert.deepEqual(await traitsIn(content, { name: 'a.pdf' }), [
    '-: executable (a Windows program)',
    '-: test-virus',
    'a.pdf: pdf-embedded-file (EmbeddedFile)',
  ]);
});

test('files are known by who refers to them, with the names that they have there', async () => {
  const content = pdf(
    '9 0 obj <</F (evil.js) /UF <FEFF0061002E006A0073> /EF <</F 1 0 R /UF 1 0 R>>>> endobj\n',
    stream('/Filter /FlateDecode', deflateSync(windowsProgram())),
  );
  assert.deepEqual(await traitsIn(content, { name: 'a.pdf' }), [
    'evil.js: dangerous-name',
    'evil.js: executable (a Windows program)',
    'a.pdf: pdf-embedded-file (EF)',
  ]);
});

test('a file that is referred to and not there is said', async () => {
  const content = pdf('9 0 obj <</EF <</F 1 0 R>>>> endobj');
  const { traits } = await outermost(content, { name: 'a.pdf' });
  assert.deepEqual(traits, ['pdf-embedded-file', 'hidden-structure']);
});

test('base 85 unpacks piece by piece, however large', async () => {
  const zeros = Buffer.from(`${'z'.repeat(1_000_000)}~>`);
  const content = pdf(
    stream('/Type /EmbeddedFile /Filter /A85', zeros),
    stream('/Type /EmbeddedFile /Filter /A85', Buffer.from(ascii85(windowsProgram()))),
  );
  const { files, inflatedBytes } = await examine(content);
  assert.ok(files.some(({ traits }) => traits.has('executable')));
  assert.ok(inflatedBytes < 1_000_000);
});

test('a file named PDF is read as one wherever its mark stands', async () => {
  const launch = Buffer.from('<</S /Launch /F (cmd.exe)>>');
  const { traits } = await outermost(launch, { name: 'a.pdf' });
  assert.deepEqual(traits, ['pdf-launch']);
});

test('a name is found wherever the document is cut to be searched', async () => {
  const windowBytes = 1024 * 1024;
  for (const before of [1, 5, 11, 12, 30]) {
    const padding = Buffer.alloc(windowBytes - before - 9, ' ');
    const { traits } = await outermost(pdf(padding, '/J#61v#61Script '));
    assert.deepEqual(traits, ['pdf-script']);
  }
});
