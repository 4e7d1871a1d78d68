import assert from 'node:assert/strict';
import { test } from 'node:test';
import banner from '../../../plugins/banner/index.ts';
import { contentOf, htmlLetter, letter, outputOf, signedLetter } from '../letters.ts';

const options = { text: 'Think <first>.\nThen click.' };

async function html(source: string, more: object = {}): Promise<string> {
  return contentOf(await outputOf(banner, { ...options, ...more }, htmlLetter(source)));
}

test('a plain text gets the banner on top or at the bottom', async () => {
  const message = letter('Subject: Hi', '', 'Hello.');
  assert.equal(
    contentOf(await outputOf(banner, options, message)),
    'Think <first>.\r\nThen click.\r\n\r\nHello.',
  );
  assert.equal(
    contentOf(await outputOf(banner, { ...options, position: 'bottom' }, message)),
    'Hello.\r\n\r\n\r\nThink <first>.\r\nThen click.',
  );
});

const paragraph = '<p>Think &lt;first&gt;.<br>Then click.</p>';

test('HTML gets the banner inside of its body', async () => {
  const source = '<html><head><title>a<body></title></head><BODY class=x>Hello</body></html>';
  assert.equal(await html(source), source.replace('class=x>', `class=x>${paragraph}`));
  assert.equal(
    await html(source, { position: 'bottom' }),
    source.replace('</body>', `${paragraph}</body>`),
  );
});

test('HTML without a body gets it before or behind all', async () => {
  assert.equal(await html('<b>Hello'), `${paragraph}<b>Hello`);
  assert.equal(await html('<b>Hello', { position: 'bottom' }), `<b>Hello\r\n${paragraph}`);
});

test('HTML of the administrator stands as it is', async () => {
  assert.equal(await html('<body>', { html: '<hr><b>&nbsp;' }), '<body><hr><b>&nbsp;');
});

test('both forms of an alternative get it, attached files and later texts do not', async () => {
  const message = letter(
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=m',
    '',
    '--m',
    'Content-Type: multipart/alternative; boundary=a',
    '',
    '--a',
    '',
    'Plain.',
    '--a',
    'Content-Type: text/html',
    '',
    '<body>Html.',
    '--a--',
    '--m',
    'Content-Disposition: attachment; filename=notes.txt',
    '',
    'Notes.',
    '--m',
    '',
    'Postscript.',
    '--m--',
  );
  const output = await outputOf(banner, { text: 'BANNER' }, message);
  assert.equal(output.split('BANNER').length - 1, 2);
  assert.match(output, /BANNER\r\n\r\nPlain\./);
  assert.match(output, /<body><p>BANNER<\/p>Html\./);
});

test('a signed message keeps every octet', async () => {
  assert.equal(await outputOf(banner, options, signedLetter), signedLetter.toString('latin1'));
});

test('drawings inside of drawings, which cost a parser quadratic time, come after the banner', async () => {
  const source = `<body>${'<svg><math>'.repeat(50_000)}`;
  assert.equal(await html(source), `${paragraph}${source}`);
});
