import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { documentOf, element } from '../../../src/admin/autoconfig/xml.ts';
import { needs } from '../../helpers/requirement.ts';
import { XmlTree, xmlParserMissing } from '../../helpers/xml-tree.ts';

test('what is put in comes out of a parser as it was', (t) => {
  if (!needs(t, xmlParserMissing())) return;
  // One document for many texts: each parse is a process of its own.
  const texts = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), 300);
  const written = documentOf(
    element('all', [
      ...texts.map((text) => element('one', `[${text}]`, { key: `[${text}]` })),
      element('none', []),
    ]),
  );
  const tree = XmlTree.parse(written);
  const shown = (text: string): string =>
    `[${text.toWellFormed().replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, '?')}]`;
  assert.deepEqual(
    tree.all('one').map((each) => [each.text, each.attributes['key']]),
    texts.map((text) => [shown(text), shown(text)]),
  );
  assert.deepEqual(tree.all('none')[0]?.children, []);
});
