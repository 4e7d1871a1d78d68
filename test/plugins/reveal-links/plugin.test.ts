import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import revealLinks from '../../../plugins/reveal-links/index.ts';
import { contentOf, htmlLetter, outputOf, signedLetter } from '../letters.ts';

async function reveal(html: string, options: object = {}): Promise<string> {
  return contentOf(await outputOf(revealLinks, options, htmlLetter(html)));
}

const revealed: readonly (readonly [string, string])[] = [
  ['<a href="https://evil.example.net/x">www.bank.example.com</a>!', 'evil.example.net'],
  [
    '<a href=http://evil.example.net><b>https://</b><i>bank.example.com</i>/login</a>!',
    'evil.example.net',
  ],
  ['<A HREF="https://1.2.3.4/">Go to bank.example.com now.</A>!', '1.2.3.4'],
  [
    '<a href="https://bank.example.com.evil.net/">bank.example.com</a>!',
    'bank.example.com.evil.net',
  ],
  // The first letter of the second name is Cyrillic.
  ['<a href="https://bank.example.com/">\u0432ank.example.com</a>!', 'bank.example.com'],
  ['<a href="https://\u0432ank.example.com/">bank.example.com</a>!', 'xn--ank-edd.example.com'],
  ['<a href="https://user@evil.example.net/">bank.example.com</a>!', 'evil.example.net'],
];

for (const [html, host] of revealed) {
  test(`revealed: ${html}`, async () => {
    assert.equal(await reveal(html), html.replace(/(<\/a>)!/i, `$1 [${host}]!`));
  });
}

const honest = [
  '<a href="https://www.example.com/a?b=https://other.net/">example.com</a>',
  '<a href="https://example.com/">www.example.com</a>',
  '<a href="https://example.com/">Click here</a>',
  '<a href="https://example.com/report.pdf">report.pdf</a>',
  '<a href="mailto:ann@example.org">www.example.com</a>',
  '<a name="top">www.example.com</a>',
  '<a href="https://example.com/">',
  'www.example.com',
  '<script>"<a href=https://evil.net/>bank.example.com</a>"</script>',
];

for (const html of honest) {
  test(`left alone: ${html}`, async () => {
    const message = htmlLetter(html);
    assert.equal(await outputOf(revealLinks, {}, message), message.toString('latin1'));
  });
}

test('the text behind a link is that of the configuration', async () => {
  const html = '<a href="https://evil.net/">bank.example.com</a>';
  assert.equal(await reveal(html, { text: ' (to {host})' }), `${html} (to evil.net)`);
  await assert.rejects(reveal(html, { text: '<b>{host}</b>' }), /expected text with \{host\}/);
});

test('a signed message keeps every octet', async () => {
  assert.equal(await outputOf(revealLinks, {}, signedLetter), signedLetter.toString('latin1'));
});

const piece = fc.constantFrom(
  '<a href="https://evil.net/">bank.example.com</a>',
  '<a href=x',
  '<p',
  '>',
  '"',
  "'",
  '</a>',
  '<!--',
  '-->',
  '\r\n',
  '&amp',
  '&#0;',
  '<pre>\r\n',
  '<![CDATA[',
  '<svg>',
  '<textarea>',
  '\u00fc',
  '\u{1f600}',
  'text',
  ' ',
  '\0',
  '<!doctype html>',
  '<table>',
  '</',
  '<?php',
);

test('whatever the HTML, nothing but the added text changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 15 }), async (pieces) => {
      const html = `start${pieces.join('')}end`;
      const output = await reveal(html);
      assert.equal(output.replaceAll(' [evil.net]', ''), html);
      assert.ok(!/(?<!<\/a>) \[evil\.net\]/.test(output), output);
    }),
    { numRuns: 60 },
  );
});

test('a long text is read to its end', async () => {
  const link = '<a href="https://evil.net/">bank.example.com</a>';
  const html = `${'<p>Hello &amp;\r\nworld'.repeat(10_000)}${link}`;
  assert.equal(await reveal(html), `${html} [evil.net]`);
});

test('drawings inside of drawings, which cost a parser quadratic time, stay as they are', async () => {
  const link = '<a href="https://evil.net/">bank.example.com</a>';
  assert.equal(
    await reveal(`${'<svg>'.repeat(10)}${link}`),
    `${'<svg>'.repeat(10)}${link} [evil.net]`,
  );
  const nested = `${'<svg><math>'.repeat(50_000)}${link}`;
  assert.equal(await reveal(nested), nested);
});
