import assert from 'node:assert/strict';
import { test } from 'node:test';
import listUnsubscribe from '../../../plugins/list-unsubscribe/index.ts';
import { htmlLetter, outputOf } from '../letters.ts';

const foot =
  '<p>News.</p><a href="https://news.example.org/u?a=1&amp;b=2">Unsubscribe <b>here</b></a>';
const list = 'List-Id: <news.example.org>';

test('a newsletter gets the link of its text as a header field, and nothing else changes', async () => {
  const message = htmlLetter(foot, list);
  assert.equal(
    await outputOf(listUnsubscribe, {}, message),
    `List-Unsubscribe: <https://news.example.org/u?a=1&b=2>\r\n${message.toString('latin1')}`,
  );
});

const links: readonly (readonly [string, string, string | undefined])[] = [
  [
    'the last one counts',
    `<a href="https://evil.net/">unsubscribe</a>${foot}`,
    'https://news.example.org/u?a=1&b=2',
  ],
  ['in German', '<a href="https://x.de/">Newsletter ABBESTELLEN</a>', 'https://x.de/'],
  [
    'by mail',
    '<a href="mailto:off@x.org?subject=off">Unsubscribe</a>',
    'mailto:off@x.org?subject=off',
  ],
  ['without encryption', '<a href="http://x.org/">unsubscribe</a>', undefined],
  ['a script', '<a href="javascript:alert(1)">unsubscribe</a>', undefined],
  ['relative', '<a href="/off">unsubscribe</a>', undefined],
  [
    'with a line break',
    '<a href="https://x.org/\r\n\r\nBcc: a">unsubscribe</a>',
    'https://x.org/Bcc:%20a',
  ],
  ['very long', `<a href="https://x.org/${'a'.repeat(900)}">unsubscribe</a>`, undefined],
  ['another link', '<a href="https://x.org/">Read more</a> unsubscribe', undefined],
];

for (const [name, html, expected] of links) {
  test(`a link ${name}`, async () => {
    const output = await outputOf(listUnsubscribe, {}, htmlLetter(html, list));
    const field = /^List-Unsubscribe: <(.*)>\r\n/.exec(output.replaceAll(/\r\n[ \t]/g, ' '))?.[1];
    assert.equal(field, expected);
  });
}

test('a field that is there, and a letter of a person, stay as they are', async () => {
  for (const fields of [[list, 'List-Unsubscribe: <mailto:a@b.org>'], ['Subject: Hi'], []]) {
    const message = htmlLetter(foot, ...fields);
    assert.equal(await outputOf(listUnsubscribe, {}, message), message.toString('latin1'));
  }
});

test('bulk mail without a List-Id counts as well, and words can be chosen', async () => {
  const message = htmlLetter('<a href="https://x.fi/">Peruuta tilaus</a>', 'Precedence: Bulk');
  const output = await outputOf(listUnsubscribe, { words: ['PERUUTA'] }, message);
  assert.match(output, /^List-Unsubscribe: <https:\/\/x\.fi\/>\r\n/);
});

test('drawings inside of drawings, which cost a parser quadratic time, are not searched', async () => {
  const message = htmlLetter(`${'<svg><math>'.repeat(50_000)}${foot}`, list);
  assert.equal(await outputOf(listUnsubscribe, {}, message), message.toString('latin1'));
});
