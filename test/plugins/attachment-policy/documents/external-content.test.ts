import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findExternalContent } from '../../../../plugins/attachment-policy/documents/external-content.ts';
import { relationships } from './office-builder.ts';

const targets: readonly (readonly [target: string, isElsewhere: boolean])[] = [
  ['http://a.example/x.dotm', true],
  ['https://a.example/', true],
  ['HTTP://a.example/', true],
  ['ftp://a.example/x', true],
  ['mhtml:http://a.example/x!x', true],
  ['&#104;ttp://a.example/', true],
  ['\\\\192.0.2.1\\x\\y.dotx', true],
  ['\\\\a.example@80\\x', true],
  ['file://a.example/x', true],
  ['file:///\\\\a.example\\x.dotx', true],
  ['http://a.example/a>b', true],
  ['\\\\server\\share\\x.dotx', false],
  ['file:///\\\\server\\share\\x.dotx', false],
  ['file:///C:\\Users\\x.y\\Normal.dotm', false],
  ['C:\\x\\Normal.dotm', false],
  ['Normal.dotm', false],
  ['../x/y.dotx', false],
];

for (const [target, isElsewhere] of targets) {
  test(`a template at ${target} is ${isElsewhere ? 'elsewhere' : 'at home'}`, () => {
    const found = findExternalContent(relationships('attachedTemplate', target).toString());
    assert.equal(found !== undefined, isElsewhere);
  });
}

test('attributes may come in any order and in either quotes', () => {
  const element =
    "<r:Relationship TargetMode='External' Target='http://a.example/' Type='x/frame' />";
  assert.equal(findExternalContent(element), 'http://a.example/');
});

test('what lies in the document itself is not elsewhere', () => {
  const element = '<Relationship Type="x/attachedTemplate" Target="http://a.example/"/>';
  assert.equal(findExternalContent(element), undefined);
});

test('a text full of beginnings is read in linear time', () => {
  findExternalContent('<Relationship '.repeat(140_000));
  findExternalContent('<Relationship Target="'.repeat(90_000));
});

test('what looks like an attribute in the value of another one is none', () => {
  const type = `Type="x/attachedTemplate"`;
  for (const element of [
    `<Relationship ${type} Target="http://a.example/? TargetMode='Internal'" TargetMode="External"/>`,
    `<Relationship x:y=" Type='x/image'" ${type} Target="http://a.example/" TargetMode="External"/>`,
    `<Relationship TargetMode="External" ${type} Target="http://a.example/&#34; TargetMode=&#34;x"/>`,
    `<Relationship TargetMode="&#x000000045;xternal" ${type} Target="http://a.example/"/>`,
  ]) {
    assert.match(findExternalContent(element) ?? '', /^http:\/\/a\.example\//);
  }
});
