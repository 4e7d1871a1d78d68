import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderBlock } from '../../src/message/header-block.ts';
import { parseTemplate } from '../../src/pipeline/notice/template.ts';
import type { NoticeTemplates } from '../../src/pipeline/notice/template-folder.ts';
import { type NoticeFacts, renderNotice } from '../../src/pipeline/notice.ts';
import { block } from '../../src/plugin-api/verdict.ts';
import { type OwnMessage, readOwnMessage, tagsOf } from '../helpers/own-message.ts';
import { collect } from '../helpers/pipeline.ts';

const header = new HeaderBlock(
  Buffer.from(
    'From: Ann <ann@example.org>\r\nTo: kim@example.org\r\nSubject: Hello\r\n' +
      'Date: Mon, 02 Nov 2026 09:12:33 +0000\r\nMessage-ID: <1@example.org>\r\nX-Other: y\r\n\r\n',
  ),
);

function factsWith(changes: Partial<NoticeFacts> = {}): NoticeFacts {
  return {
    kind: 'replace',
    original: header,
    findings: [{ plugin: 'clamav', block: block('Eicar') }],
    quarantineId: '0123456789abcdef',
    code: 'K7QF-2M9P-X4TD',
    contact: undefined,
    language: 'en',
    templates: undefined,
    targetOctets: undefined,
    ...changes,
  };
}

const alwaysThere = [
  'Subject',
  'X-Postern-Finding',
  'X-Postern-Quarantine',
  'Auto-Submitted',
  'MIME-Version',
  'Content-Type',
  'Content-Language',
];
const ofTheOriginal = ['From', 'To', 'Date', 'Message-ID'];

async function wireOf(facts: NoticeFacts): Promise<Buffer> {
  const rendered = renderNotice(facts);
  const wire = Buffer.concat([rendered.head, await collect(rendered.body())]);
  assert.equal(rendered.octets, wire.length);
  return wire;
}

async function read(facts: NoticeFacts): Promise<OwnMessage> {
  const message = await readOwnMessage(await wireOf(facts));
  const own = message.names.filter((name) => !ofTheOriginal.includes(name));
  assert.deepEqual(
    own.filter((name) => name !== 'X-Postern-Pad'),
    alwaysThere,
  );
  return message;
}

test('a notice tells whose message it was, what was found and how to ask for it', async () => {
  const {
    header: made,
    text,
    html,
  } = await read(
    factsWith({
      findings: [
        { plugin: 'clamav', block: block('Eicar', { part: 'x.zip' }) },
        { plugin: 'rules', block: block('exe', { explanation: 'Programs are not allowed.' }) },
      ],
      contact: 'help@example.org',
    }),
  );
  assert.equal(made.get('From'), 'Ann <ann@example.org>');
  assert.equal(made.get('To'), 'kim@example.org');
  assert.equal(made.get('Date'), 'Mon, 02 Nov 2026 09:12:33 +0000');
  assert.equal(made.get('Message-ID'), '<1@example.org>');
  assert.equal(made.get('Subject'), '[Blocked] Hello');
  assert.equal(made.get('X-Postern-Finding'), 'clamav=Eicar, rules=exe');
  assert.equal(made.get('X-Postern-Quarantine'), '0123456789abcdef');
  assert.equal(made.get('Content-Language'), 'en');
  assert.equal(made.get('X-Other'), undefined);
  assert.match(text, /^From: {4}Ann <ann@example.org>\r$/m);
  assert.match(text, /^Subject: Hello\r$/m);
  assert.match(text, /^\* Eicar \(clamav\), in the part "x\.zip"\r$/m);
  assert.match(text, /^ {2}Programs are not allowed\.\r$/m);
  assert.match(text, /help@example\.org/);
  assert.match(text, /^ {2}K7QF-2M9P-X4TD\r$/m);
  assert.doesNotMatch(text, /0123456789abcdef/);
  for (const shown of ['Ann &#60;ann@example.org&#62;', 'x.zip', 'K7QF-2M9P-X4TD']) {
    assert.ok(html.includes(shown), shown);
  }
});

test('a held message is said to wait, not to be blocked', async () => {
  const { header: made, text } = await read(factsWith({ kind: 'hold' }));
  assert.equal(made.get('Subject'), '[Held] Hello');
  assert.match(text, /held back until it has been checked/);
  assert.doesNotMatch(text, /blocked/i);
});

const inLanguages = {
  en: { subject: '[Blocked] Hello', from: /^From:/m, whom: /your mail administrator/ },
  de: { subject: '[Blockiert] Hello', from: /^Von:/m, whom: /an Ihre E-Mail-Administration/ },
  fr: { subject: '[Bloqué] Hello', from: /^De:/m, whom: /l’administrateur de votre messagerie/ },
  es: { subject: '[Bloqueado] Hello', from: /^De:/m, whom: /el administrador de su correo/ },
};

for (const [language, expected] of Object.entries(inLanguages)) {
  test(`a notice in ${language}`, async () => {
    const { header: made, text, html } = await read(factsWith({ language }));
    assert.equal(made.text('Subject'), expected.subject);
    assert.equal(made.get('Content-Language'), language);
    assert.match(text, expected.from);
    assert.match(text.replaceAll(/\s+/g, ' '), expected.whom);
    assert.match(html, new RegExp(`<html lang="${language}">`));
  });
}

test('a message without a readable header gets a notice all the same', async () => {
  for (const original of [undefined, new HeaderBlock(Buffer.alloc(0))]) {
    const { header: made, text } = await read(factsWith({ original }));
    assert.equal(made.get('From'), undefined);
    assert.equal(made.get('Subject'), '[Blocked]');
    assert.match(text, /^Subject: not known\r$/m);
  }
});

const hostile = [
  '=?utf-8?q?a=0D=0ABcc:_evil@example.org=0D=0A=0D=0Abody?=',
  '=?utf-8?q?=E2=80=AEgpj.exe?=',
  '=?utf-8?q?=E2=80=A8line=E2=81=A6?=',
  '=?utf-8?q?=3D=3Futf-8=3Fq=3F=E2=80=AE=3F=3D?=',
  '=?utf-8?b?PT91dGYtOD9xPz1FMj04MD1BRT89?=',
  '</title></p><script>x</script><img src=//x onerror=y>"\'',
  '--=_postern_alternative--\r\n\r\n--=_postern_alternative',
  '\u00ff\u00fe raw octets',
  'x'.repeat(5000),
  `=?utf-8?q?${'=C3=A9'.repeat(2000)}?=`,
  'tab\tand\0nul\x1b[31m',
  '',
] as const;

for (const value of hostile) {
  test(`hostile header text stays text: ${JSON.stringify(value.slice(0, 40))}`, async () => {
    const names = ['From', 'To', 'Subject', 'Date', 'Message-ID'];
    const folded = value.replaceAll('\r\n', '\r\n ');
    const original = new HeaderBlock(
      Buffer.from(`${names.map((name) => `${name}: ${folded}\r\n`).join('')}\r\n`, 'latin1'),
    );
    const { header: made, html } = await read(factsWith({ original }));
    assert.equal(made.get('Bcc'), undefined);
    assert.deepEqual(await tagsOf(html), await ordinaryTags());
  });
}

/** Of a notice with one finding that has a part and no explanation, or no part. */
async function ordinaryTags(changes: Partial<NoticeFacts> = {}): Promise<string[]> {
  const { html } = await read(factsWith(changes));
  return tagsOf(html);
}

test('an encoded display name does not become an address of its own', async () => {
  const original = new HeaderBlock(
    Buffer.from('From: =?utf-8?q?boss=40bank.example=2C?= <a@evil.example>\r\n\r\n'),
  );
  const { header: made } = await read(factsWith({ original }));
  assert.equal(made.get('From'), '"boss@bank.example," <a@evil.example>');
});

test('names of parts, findings and explanations cannot break out of their lines', async () => {
  const evil = 'a\r\n\r\nX: y\u202e\u2066\0"<b>';
  const { text, html } = await read(
    factsWith({
      findings: [{ plugin: 'rules', block: block(evil, { explanation: evil, part: evil }) }],
      contact: 'Ümläut',
      code: evil,
    }),
  );
  assert.doesNotMatch(text, /^X: y/m);
  assert.doesNotMatch(html, /<b>"/);
});

test('what looks like a link in the original is made to look like none', async () => {
  const original = new HeaderBlock(
    Buffer.from('Subject: see https://evil.example/x or WWW.evil.example\r\n\r\n'),
  );
  const { text, html } = await read(factsWith({ original, contact: 'https://help.example' }));
  for (const shown of [text, html]) {
    assert.match(shown, /https\[:\]\/\/evil\.example\/x or WWW\[\.\]evil\.example/);
    assert.doesNotMatch(shown, /:\/\/evil|www\.evil/i);
  }
  assert.match(text, /https:\/\/help\.example/);
});

test('any header, finding and part name gives a notice that can be read', async () => {
  const octets = fc.uint8Array({ maxLength: 400 }).map((values) =>
    Buffer.from(values)
      .toString('latin1')
      .replaceAll(/[\r\n]/g, ' '),
  );
  const pieces = fc.constantFrom(
    '=?utf-8?q?',
    '?=',
    '<',
    '>',
    '"',
    "'",
    '&',
    '--',
    '=_',
    '{{',
    ',',
  );
  const hostileText = fc
    .array(fc.oneof(octets, pieces, fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 8 })
    .map((each) => each.join(''));
  const ordinary = await ordinaryTags({
    findings: [{ plugin: 'rules', block: block('x', { part: 'x', explanation: 'x' }) }],
  });
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(hostileText, hostileText, hostileText, hostileText),
      fc.constantFrom('en', 'de', 'fr', 'es', 'xx'),
      fc.constantFrom('replace', 'hold'),
      async ([value, finding, part, explanation], language, kind) => {
        const line = value.replaceAll(/[\r\n]/g, ' ');
        const original = new HeaderBlock(
          Buffer.from(`From: ${line}\r\nSubject: ${line}\r\nDate: ${line}\r\n\r\n`, 'utf8'),
        );
        const findings = [{ plugin: 'rules', block: block(finding, { part, explanation }) }];
        const { html } = await read(factsWith({ original, findings, language, kind }));
        const tags = await tagsOf(html);
        assert.deepEqual(tags.slice(1), ordinary.slice(1));
      },
    ),
    { numRuns: 150 },
  );
});

test('text beyond ASCII is readable', async () => {
  const original = new HeaderBlock(
    Buffer.from(
      'From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\nSubject: =?utf-8?b?w6TDtsO8?=\r\n\r\n',
    ),
  );
  const { header: made, text, html } = await read(factsWith({ original }));
  assert.equal(made.text('Subject'), '[Blocked] äöü');
  assert.equal(made.text('From'), 'Jürgen <j@example.org>');
  assert.match(text, /^Subject: äöü\r$/m);
  assert.match(html, />äöü</);
});

test('many findings are all named', async () => {
  const findings = Array.from({ length: 200 }, (_, index) => ({
    plugin: 'rules',
    block: block(`finding-${index}`),
  }));
  const { text, html } = await read(factsWith({ findings }));
  assert.match(text, /finding-199/);
  assert.match(html, /finding-199/);
});

test('a notice is filled to the size that was announced', async () => {
  assert.equal((await wireOf(factsWith({ targetOctets: 6000 }))).length, 6000);
  assert.ok((await wireOf(factsWith({ targetOctets: 10 }))).length > 10);
});

test('the HTML loads nothing, links to nothing and sets no colours of text or background', async () => {
  const { html } = await read(factsWith());
  for (const tag of await tagsOf(html)) {
    assert.doesNotMatch(tag, /\b(?:src|href|background|bgcolor|on\w+)=/);
    assert.doesNotMatch(tag, /\bcolor:|background/);
  }
  assert.match(html, /<meta name="color-scheme" content="light dark">/);
});

function templatesOf(files: Readonly<Record<string, string>>): NoticeTemplates {
  const of = (name: string) => {
    const source = files[name];
    return source === undefined
      ? undefined
      : parseTemplate(source, name === 'html' ? 'html' : 'text').template;
  };
  const text = of('text') ?? { pieces: [] };
  const own = { text, html: of('html'), subject: of('subject'), stripped: undefined };
  return new Map([['nl', own]]);
}

test('a template of the user speaks in place of the built-in words', async () => {
  const templates = templatesOf({
    text: 'Van {{from}}\nOver {{subject}}\n{{findings}}\n{{#hold}}wacht{{/hold}}{{#replace}}dicht{{/replace}} {{code}}\n',
    html: '<p title="x">{{subject}} {{code}}</p>{{findings}}',
    subject: '[Dicht] {{subject}}',
  });
  const original = new HeaderBlock(
    Buffer.from('From: a@b.example\r\nSubject: <i>{{code}}\r\n\r\n'),
  );
  const {
    header: made,
    text,
    html,
  } = await read(factsWith({ language: 'nl', templates, original }));
  assert.equal(made.get('Subject'), '[Dicht] <i>{{code}}');
  assert.equal(made.get('Content-Language'), 'nl');
  assert.equal(
    text,
    'Van a@b.example\r\nOver <i>{{code}}\r\n* Eicar (clamav)\r\ndicht K7QF-2M9P-X4TD\r\n',
  );
  assert.equal(
    html,
    '<p title="x"><span dir="auto">&#60;i&#62;{{code}}</span> K7QF-2M9P-X4TD</p>' +
      '<ul>\r\n<li><span dir="auto">Eicar (clamav)</span></li>\r\n</ul>\r\n',
  );
});

test('without an HTML template the plain one is shown as a page', async () => {
  const templates = templatesOf({ text: 'Over {{subject}}\n\n<b>{{code}}' });
  const { html } = await read(factsWith({ language: 'nl', templates }));
  assert.match(html, /Over Hello<\/span><br>/);
  assert.match(html, /&#60;b&#62;K7QF/);
});
