// Owns the fuzz target of URIs: the input is a text, plain or HTML, that a stranger has written.
import assert from 'node:assert/strict';
import { findUris, uriLimits } from '../../../src/message/uris/find-uris.ts';
import type { FuzzTarget } from '../target.ts';

const inputLimits = { maxChars: 64 * 1024, maxUris: uriLimits.maxUris };

function check(input: Buffer): void {
  const text = input.toString('utf8');
  for (const format of ['plain', 'html'] as const) {
    const found = findUris(text, format, inputLimits);
    assert.ok(found.length <= inputLimits.maxUris);
    for (const { host, hostKind, text: uri } of found) {
      if (hostKind === 'name') assert.match(host, /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/);
      // What goes into questions to the DNS, logs and headers.
      assert.doesNotMatch(uri, /[\s\p{Cc}]/u);
    }
  }
}

export const uris: FuzzTarget = {
  name: 'uris',
  dictionary: [
    'http://',
    'https:\\\\',
    'www.',
    'mailto:',
    'a.example',
    '.com',
    '@',
    '%3A%2F%2F',
    '&#46;',
    '&colon;',
    '<a href=',
    '<a href="',
    '<img src=//',
    '<base href=',
    '<meta content="0;url=',
    '<style>',
    '</style>',
    'style="a:url(',
    '<!--',
    '<!--[if mso]>',
    '-->',
    '>',
    '"',
    "'",
    '。',
    '\u200b',
    '[::1]',
    ')',
  ],
  check,
  exercise(input) {
    const text = input.toString('latin1');
    findUris(text, 'plain');
    findUris(text, 'html');
  },
};
