import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addLearnLink, type LearnLink } from '../../src/pipeline/learn-link.ts';
import { MessageEdits } from '../../src/pipeline/message-edits.ts';
import { builtinLanguages } from '../../src/pipeline/notice/language.ts';
import { wordingOf } from '../../src/pipeline/notice/languages.ts';
import { renderEdited } from '../../src/pipeline/render.ts';
import { collect, wholeMessage } from '../helpers/pipeline.ts';

const url = 'https://mail.example.net/learn/x"y';
const wording = wordingOf('en').learn;

async function linked(content: string, link: Partial<LearnLink>): Promise<string> {
  const message = wholeMessage(content);
  const edits = new MessageEdits(message.spool, await message.header());
  const whole = { url, headerField: undefined, footerFor: undefined, ...link };
  await addLearnLink(edits, whole, wording);
  const rendered = renderEdited(edits, undefined);
  return Buffer.concat([rendered.head, await collect(rendered.body())]).toString('latin1');
}

const html = (text: string): string => `Content-Type: text/html\r\n\r\n${text}`;
const anchor = '<p><a href="https://mail.example.net/learn/x&#34;y">Is this spam? Say so</a></p>';

test('the field of the header takes the place of all that a sender wrote under its name', async () => {
  const content = 'x-learn: a\r\nX-Learn: b\r\nSubject: s\r\n\r\ntext';
  assert.equal(
    await linked(content, { headerField: 'X-Learn' }),
    `X-Learn: <${url}>\r\nSubject: s\r\n\r\ntext`,
  );
});

test('without a field and a footer not an octet changes', async () => {
  const content = 'Subject: s\r\n\r\n<body>\n';
  assert.equal(await linked(content, {}), content);
});

test('in HTML the link is the last thing of the body, or of the text', async () => {
  const cases = [
    ['<body>a</body></html>', `<body>a${anchor}</body></html>`],
    ['<BODY>a</BoDy ></HTML>', `<BODY>a${anchor}</BoDy ></HTML>`],
    ['</body>a</body>', `</body>a${anchor}</body>`],
    ['a', `a${anchor}`],
    [`</body>${'x'.repeat(5000)}`, `</body>${'x'.repeat(5000)}${anchor}`],
  ] as const;
  for (const [before, after] of cases) {
    const output = await linked(html(before), { footerFor: 'unsure' });
    const [, body = ''] = output.split('\r\n\r\n');
    assert.equal(body.replaceAll('=\r\n', '').replaceAll('=3D', '=').trimEnd(), after);
  }
});

test('a text of many unfinished tags costs no more than any other', async () => {
  const output = await linked(html('</'.repeat(400_000)), { footerFor: 'spam' });
  assert.ok(output.includes('This is not spam'));
});

test('attached texts, attached messages, signed and encrypted ones get no footer', async () => {
  const part = (type: string, text: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
  const multipart = (type: string, ...parts: readonly string[]) =>
    `Content-Type: multipart/${type}; boundary=b\r\n\r\n${parts.join('')}--b--\r\n`;
  for (const content of [
    multipart('mixed', part('text/plain; name=notes.txt', 'a')),
    multipart('mixed', part('message/rfc822', 'Subject: inner\r\n\r\ntext')),
    multipart('signed', part('text/plain', 'a'), part('application/pgp-signature', 'b')),
    multipart('encrypted', part('text/plain', 'a')),
    'Content-Type: application/pkcs7-mime\r\n\r\nabc',
  ]) {
    assert.equal(await linked(content, { footerFor: 'ham' }), content);
  }
});

test('a message that cannot be edited keeps every octet, and gets the field', async () => {
  const parts = '--b\r\n\r\nx\r\n'.repeat(5000);
  const content = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`;
  const output = await linked(content, { footerFor: 'ham', headerField: 'X-Learn' });
  assert.equal(output, `X-Learn: <${url}>\r\n${content}`);
});

test('every language has words for each judgement and for releases', () => {
  for (const language of builtinLanguages) {
    const { learn, release } = wordingOf(language);
    const words = [learn.ham, learn.unsure, learn.spam, release];
    assert.equal(new Set(words).size, 4);
    for (const each of words) assert.match(each, /:$/);
  }
});
