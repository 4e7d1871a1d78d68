import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findUris, uriLimits } from '../../../src/message/uris/find-uris.ts';
import type { FoundUri } from '../../../src/message/uris/found-uri.ts';

/** `link http://a.example/`. */
function summary(uris: readonly FoundUri[]): string[] {
  return uris.map(({ place, text }) => `${place} ${text}`);
}

for (const [what, text, expected] of [
  ['nothing', 'no links here: none. e.g. 10:30, 3.14', []],
  ['a URI', 'see http://example.org/a?b=c#d now', ['text http://example.org/a?b=c#d']],
  ['capitals', 'HTTPS://Example.ORG/A', ['text https://example.org/A']],
  ['a full stop behind it', 'Go to http://example.org/a. Now!', ['text http://example.org/a']],
  ['brackets around it', '(http://example.org/a)', ['text http://example.org/a']],
  ['brackets within', 'http://example.org/a_(b)', ['text http://example.org/a_(b)']],
  ['angle brackets', '<http://example.org/a>,', ['text http://example.org/a']],
  ['www.', 'visit www.example.org/a today', ['text http://www.example.org/a']],
  ['a name alone', 'visit example.org today', ['bare http://example.org/']],
  ['a name alone with a path', 'example.org/a, please', ['bare http://example.org/a']],
  ['no file name', 'see run.sh and report.zip', []],
  ['a path under a strange suffix', 'report.zip/a', ['bare http://report.zip/a']],
  ['no address of mail', 'ann@example.org wrote', []],
  ['mailto', 'mailto:ann@Example.ORG?subject=x', ['text mailto:ann@example.org']],
  ['a missing blank', 'here:http://example.org/', ['text http://example.org/']],
  ['a port', 'http://example.org:8080/', ['text http://example.org:8080/']],
  ['a user name that misleads', 'http://bank.example@host.example/', ['text http://host.example/']],
  [
    'two in one word',
    'http://a.example/,http://b.example/',
    ['text http://a.example/,http://b.example/', 'nested http://b.example/'],
  ],
  [
    'a redirect',
    'http://a.example/?u=http%3A%2F%2Fb.example%2Fc&d=e',
    ['text http://a.example/?u=http%3A%2F%2Fb.example%2Fc&d=e', 'nested http://b.example/c'],
  ],
  ['letters of another script', 'http://пример.рф/', ['text http://xn--e1afmkfd.xn--p1ai/']],
  [
    'a sentence that goes on',
    'http://example.org你好',
    ['text http://example.xn--org-069dj67b/', 'text http://example.org/'],
  ],
  ['an ideographic full stop', 'http://example。org/a', ['text http://example.org/a']],
  ['a number for an address', 'http://3221225985/', ['text http://192.0.2.1/']],
  ['hexadecimal', 'http://0xc0.0x00.0x02.0x01/', ['text http://192.0.2.1/']],
  ['an address of IPv6', 'http://[2001:DB8::1]/', ['text http://[2001:db8::1]/']],
  ['escapes in the host', 'http://ex%61mple.org/', ['text http://example.org/']],
  ['backslashes', 'http:\\\\example.org\\a', ['text http://example.org/a']],
  ['another scheme', 'gopher://example.org/ x://y', []],
  [
    'a host that cannot be',
    'http://exa mple/ http://-/ http://./ http://a..b/',
    ['text http://exa/', 'text http://-/'],
  ],
  ['the same again', 'http://a.example/ http://a.example/', ['text http://a.example/']],
] as const) {
  test(`in text, found with ${what}`, () => {
    assert.deepEqual(summary(findUris(text, 'plain')), expected);
  });
}

for (const [what, html, expected] of [
  ['a link', '<a href="http://example.org/a">x</a>', ['link http://example.org/a']],
  ['no quotes', '<A HREF=http://example.org/a>x</A>', ['link http://example.org/a']],
  ['single quotes', "<a\nhref = 'http://example.org/a'>x", ['link http://example.org/a']],
  [
    'references',
    '<a href="http&colon;//example&#46;org&#x2f;a?b&amp;c">',
    ['link http://example.org/a?b&c'],
  ],
  ['line ends within', '<a href="ht\ntp://exam\r\nple.org/">', ['link http://example.org/']],
  ['blanks around', '<a href=" \t http://example.org/ ">', ['link http://example.org/']],
  [
    'an image',
    '<img alt=x src="https://example.org/i.png">',
    ['resource https://example.org/i.png'],
  ],
  ['no scheme', '<img src="//example.org/i.png">', ['resource http://example.org/i.png']],
  [
    'several sizes',
    '<img srcset="http://a.example/1 1x, http://b.example/2 2x">',
    ['resource http://a.example/1', 'resource http://b.example/2'],
  ],
  ['a form', '<form action="http://example.org/f">', ['form http://example.org/f']],
  ['a base', '<base href="http://example.org/">', ['base http://example.org/']],
  [
    'a refresh',
    '<meta http-equiv=refresh content="0; URL=\'http://example.org/r\'">',
    ['refresh http://example.org/r'],
  ],
  [
    'a style',
    '<p style="background:url(&quot;http://example.org/s&quot;)">',
    ['style http://example.org/s'],
  ],
  [
    'a style sheet',
    '<style>@import "http://a.example/";p{a:url( http://b.example/b)}</style>x',
    ['style http://a.example/', 'style http://b.example/b'],
  ],
  ['text between tags', '<b>http://example.org/</b>', ['text http://example.org/']],
  ['no script', '<script>"http://a.example/"</script>', []],
  ['no comment', '<!-- <a href="http://a.example/"> --><!>', []],
  [
    'a comment for Outlook',
    '<!--[if mso]><a href="http://a.example/"><![endif]-->',
    ['link http://a.example/'],
  ],
  ['a comment without end', '<!-- <a href="http://a.example/">', ['link http://a.example/']],
  [
    'no name of a document type',
    '<!DOCTYPE html "http://a.example/"><html xmlns="http://b.example/">',
    [],
  ],
  [
    'quotes without end',
    '<a href="http://a.example/>x <a href=http://b.example/>',
    ['text http://a.example/', 'link http://b.example/'],
  ],
  ['a tag without end', 'a < b <a href=http://a.example/', ['text http://a.example/']],
  ['mail', '<a href="mailto:ann@example.org">', ['link mailto:ann@example.org']],
  ['nothing that can be gone to', '<a href="cid:1"><a href="#x"><a href="javascript:a()">', []],
] as const) {
  test(`in HTML, found with ${what}`, () => {
    assert.deepEqual(summary(findUris(html, 'html')), expected);
  });
}

test('a host is told apart from an address, and what stands before an @ is noted', () => {
  const [name, address, disguised] = findUris(
    'http://EXAMPLE.org./ http://192.0.2.1/ https://a.example@b.example/',
    'plain',
  );
  assert.deepEqual([name?.host, name?.hostKind], ['example.org', 'name']);
  assert.deepEqual([address?.host, address?.hostKind], ['192.0.2.1', 'address']);
  assert.deepEqual([disguised?.host, disguised?.hasUserInfo], ['b.example', true]);
});

test('the host counts however long a user name stands before it', () => {
  const [found] = findUris(
    `http://${'a'.repeat(50_000)}@host.example/${'b'.repeat(50_000)}`,
    'plain',
  );
  assert.equal(found?.host, 'host.example');
  assert.ok(found.text.length < 3000);
});

test('no more than the limits are looked at', () => {
  const many = Array.from({ length: 50 }, (_, index) => `http://h${index}.example/`).join(' ');
  assert.equal(findUris(many, 'plain', { ...uriLimits, maxUris: 7 }).length, 7);
  assert.equal(findUris(many, 'plain', { ...uriLimits, maxChars: 38 }).length, 2);
});

const awkward = fc
  .array(
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '<a ',
      '<a href=',
      'href=',
      '=',
      '<!--',
      '-->',
      '<style',
      '</style',
      'url(',
      'http://',
      'https:/',
      'www.',
      'a.example',
      '.com',
      '@',
      ':',
      '/',
      '\\',
      '%3a%2f%2f',
      '&#46;',
      '&',
      ' ',
      '\n',
      '\0',
      '(',
      ')',
      '。',
      'é',
      '\u200b',
      '[',
      ']',
      'mailto:',
      '?',
      '#',
      '..',
      'x'.repeat(70),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''));

test('whatever the text, what is found is a host in its one form', () => {
  fc.assert(
    fc.property(awkward, fc.constantFrom('plain' as const, 'html' as const), (text, format) => {
      for (const { host, hostKind, text: uri } of findUris(text, format)) {
        if (hostKind === 'name') assert.match(host, /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/);
        assert.doesNotMatch(uri, /[\s\p{Cc}]/u);
      }
    }),
    { numRuns: 500 },
  );
});

test('a link is found wherever it stands in HTML that is well formed', () => {
  const text = fc.string({ maxLength: 30 }).map((each) => each.replaceAll(/[<>"'&]/g, ' '));
  fc.assert(
    fc.property(text, text, text, (before, title, after) => {
      const html = `${before}<p title="${title}"><a title='${title}' href="http://q.example/">x</a>${after}`;
      assert.ok(summary(findUris(html, 'html')).includes('link http://q.example/'));
    }),
  );
});

for (const [what, piece] of [
  ['openings of tags', '<a '],
  ['openings with a quote', '<a b="'],
  ['openings of comments', '<!--'],
  ['conditional comments', '<!--[if'],
  ['end tags in a style', '<style></x'],
  ['closing brackets', 'http://a.example/)'],
  ['colons', 'a:/'],
  ['references', '&#'],
  ['links', 'http://a '],
  ['redirects', 'http://a.example/?http://'],
  ['user names', 'http://a@'],
  ['dots', 'a.'],
] as const) {
  // Quadratic work on so many characters would take minutes; docs/fuzzing.md tells how growth is measured.
  test(`as many ${what} as there is room for come to an end`, () => {
    const text = piece.repeat(Math.ceil(uriLimits.maxChars / piece.length));
    for (const format of ['plain', 'html'] as const) {
      assert.ok(findUris(text, format).length <= uriLimits.maxUris);
    }
  });
}
