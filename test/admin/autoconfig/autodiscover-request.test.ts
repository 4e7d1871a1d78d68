import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAutodiscoverRequest } from '../../../src/admin/autoconfig/autodiscover-request.ts';
import { documentOf, element } from '../../../src/admin/autoconfig/xml.ts';

const requestSchema =
  'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006';

function request(inner: string, before = '<?xml version="1.0" encoding="utf-8"?>'): string {
  return `${before}<Autodiscover xmlns="${requestSchema}"><Request>${inner}</Request></Autodiscover>`;
}

const address = '<EMailAddress>joe@example.net</EMailAddress>';

test('what Outlook and others send is understood', () => {
  const schema = '<AcceptableResponseSchema>urn:x</AcceptableResponseSchema>';
  const outlook = parseAutodiscoverRequest(request(address + schema));
  assert.deepEqual(outlook, { emailAddress: 'joe@example.net', responseSchema: 'urn:x' });
  for (const text of [
    request(address, ''),
    request(address, '\uFEFF<?xml version="1.0"?>\r\n'),
    request(`\r\n  <LegacyDN/>${address}\r\n`),
    request('<EMailAddress a="1" b=\'<>\'>x</EMailAddress>').replace('<>', 'y'),
    `<a:Autodiscover xmlns:a="x"><a:Request><a:EMailAddress>b</a:EMailAddress></a:Request></a:Autodiscover>`,
  ]) {
    assert.ok(parseAutodiscoverRequest(text) !== undefined, text);
  }
});

test('the five entities of XML are read, no others', () => {
  const read = (text: string) =>
    parseAutodiscoverRequest(request(`<EMailAddress>${text}</EMailAddress>`))?.emailAddress;
  assert.equal(read('o&apos;b&amp;c&lt;&gt;&quot;@x.y'), 'o\'b&c<>"@x.y');
  for (const text of ['&#65;', '&#x41;', '&x;', '&', '&amp', 'a&b;', '&amp;&', '&nbsp;']) {
    assert.equal(read(text), undefined, text);
  }
});

test('everything that a parser could be led astray with is refused', () => {
  const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>';
  const file = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
  const refused = [
    '',
    ' ',
    'joe@example.net',
    request(''),
    request(address + address),
    request('<EMailAddress>&x;</EMailAddress>', file),
    request(address, bomb),
    request(`<!-- x -->${address}`),
    request('<EMailAddress><![CDATA[joe@example.net]]></EMailAddress>'),
    request(`<?target x?>${address}`),
    request(address).replace('</Request>', ''),
    request(address).replace('</Request></Autodiscover>', '</Autodiscover></Request>'),
    `${request(address)}${request(address)}`,
    `${request(address)}x`,
    `x${request(address)}`,
    request(address).replace('Autodiscover', 'autodiscover'),
    request(`<x>${address}</x>`),
    request('<EMailAddress>joe<b/>@example.net</EMailAddress>'),
    request('<EMailAddress>joe\u0000@example.net</EMailAddress>'),
    request('<EMailAddress a=b>joe@example.net</EMailAddress>'),
    request('<EMailAddress a="<">joe@example.net</EMailAddress>'),
    `${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`,
    `<a ${'b="c" '.repeat(2000)}/>`,
    `<a${' '.repeat(8000)}`,
  ];
  for (const text of refused) {
    assert.equal(parseAutodiscoverRequest(text), undefined, text.slice(0, 200));
  }
});

test('any text of an element is read as it was written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
      const written = documentOf(
        element('Autodiscover', [element('Request', [element('EMailAddress', text)])]),
      );
      assert.equal(parseAutodiscoverRequest(written)?.emailAddress, text.trim());
    }),
  );
});

test('whatever a stranger sends, there is an answer', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    'a',
    '"',
    "'",
    '=',
    '&',
    ';',
    ' ',
    '<a>',
    '</a>',
    '<!',
    '?',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (parts) => {
      assert.equal(parseAutodiscoverRequest(parts.join('')), undefined);
    }),
  );
});
