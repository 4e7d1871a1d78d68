import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHtml } from '../../../../plugins/spam/features/html-text.ts';

function visibleIn(html: string): string {
  return readHtml(html).visible.trim().split(/\s+/).join(' ');
}

test('a reader sees the text without what is put into its words', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['<p>un<!-- kernel -->claimed</p><p>funds</p>', 'unclaimed funds'],
    ['un<b></b>claimed <i>fun</i>ds', 'unclaimed funds'],
    ['one<br>two<td>three', 'one two three'],
    ['&#102;unds &amp; &#x66;unds&nbsp;&euro;', 'funds & funds €'],
    ['<style>p { color: red }</style>text<script>if (a < b) go()</script>', 'text'],
    ['1 < 2 and <a href="x>y">a link</a>', '1 < 2 and a link'],
    ['an open <!-- comment is text', 'an open comment is text'],
    ['<a title="never closed', '<a title="never closed'],
  ];
  for (const [html, visible] of cases) assert.equal(visibleIn(html), visible, html);
});

test('what cannot be seen is told from what can', () => {
  const hidden = [
    '<div style="display:none">good words</div>',
    '<div style="font-size: 0px !important">good words</div>',
    '<font color="#FFFFFF">good words</font>',
    '<p style="color:white">good words</p>',
    '<td bgcolor="#112233"><span style="color:#112234">good words</span></td>',
    '<div style="visibility:hidden"><p>good words</p></div>',
    '<div hidden>good words</div>',
  ];
  for (const html of hidden) {
    const read = readHtml(`<body>seen ${html} seen</body>`);
    assert.equal(read.visible.replaceAll(/\s+/g, ' ').trim(), 'seen seen', html);
    assert.ok(read.hidden.includes('good words'), html);
  }
  const shown = [
    '<td bgcolor="#112233"><font color="white">good words</font></td>',
    '<p style="font-size:1em">good words</p>',
    '<p style="opacity:1">good words</p>',
  ];
  for (const html of shown) assert.ok(readHtml(html).visible.includes('good words'), html);
});

test('links and images are found, and comments within words are counted', () => {
  const html = '<a href="https://a.example/x">a</a><img src=http://b.example/y.png>ca<!-- -->sino';
  const { links, images, brokenWords } = readHtml(html);
  assert.deepEqual(links, ['https://a.example/x']);
  assert.deepEqual(images, ['http://b.example/y.png']);
  assert.equal(brokenWords, 1);
});

test('text without markup is read as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abc xyz.,;:!?') }), (text) => {
      assert.equal(readHtml(text).visible, text);
    }),
  );
});
