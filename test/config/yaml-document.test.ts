import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml, YamlSyntaxError } from '../../src/config/yaml-document.ts';

const text = `# comment
listeners:
  - name: one
    port: 110
  - {name: two, port: 995, tags: [a, b]}
options:
  text: |
    first
    second
  empty:
  "quoted key": &anchor value
  alias: *anchor
`;

const values: readonly (readonly [path: (string | number)[], place: string])[] = [
  [[], '2:1'],
  [['listeners'], '2:1'],
  [['listeners', 0], '3:5'],
  [['listeners', 0, 'port'], '4:11'],
  [['listeners', 1], '5:5'],
  [['listeners', 1, 'port'], '5:23'],
  [['listeners', 1, 'tags'], '5:28'],
  [['listeners', 1, 'tags', 1], '5:38'],
  [['options', 'empty'], '10:3'],
  [['options', 'quoted key'], '11:25'],
  [['options', 'alias'], '12:11'],
  // What does not exist is looked for where it should be.
  [['listeners', 0, 'tls'], '3:5'],
  [['listeners', 7], '2:1'],
  [['routes'], '2:1'],
  [['options', 'alias', 'deeper', 3], '12:11'],
];

for (const [path, place] of values) {
  test(`the value at ${JSON.stringify(path)} is found at ${place}`, () => {
    const { line, column } = parseYaml(text).positionOf(path);
    assert.equal(`${line}:${column}`, place);
  });
}

test('a key is found where it is written, not where its value is', () => {
  const document = parseYaml(text);
  assert.deepEqual(document.positionOfKey(['listeners', 1, 'port']), { line: 5, column: 17 });
  assert.deepEqual(document.positionOfKey(['options', 'quoted key']), { line: 11, column: 3 });
});

test('lines are counted the same with CRLF', () => {
  const document = parseYaml(text.replaceAll('\n', '\r\n'));
  assert.deepEqual(document.positionOf(['listeners', 0, 'port']), { line: 4, column: 11 });
});

const refused: readonly (readonly [what: string, yaml: string, line: number])[] = [
  ['a duplicate key', 'a: 1\nb: 2\na: 3\n', 3],
  ['an unclosed list', 'a: [1, 2\nb: 3\n', 2],
  ['an unknown tag', 'a: 1\nb: !python/object x\n', 2],
  ['an unknown alias', 'a: 1\nb: *nowhere\n', 2],
  ['a tab as indentation', 'a:\n\tb: 1\n', 2],
  ['a second document', 'a: 1\n---\nb: 2\n', 1],
  ['a key that is a list', 'a: 1\n? [b]\n: c\n', 1],
  ['a NUL octet', 'a: 1\nb: "x\0"\n', 2],
  ['many aliases', `a: &a [1]\nb: [${Array(50).fill('*a').join(', ')}]\n`, 2],
  ['deep nesting', `a: ${'['.repeat(500)}${']'.repeat(500)}\n`, 1],
];

for (const [what, yaml, line] of refused) {
  test(`${what} is refused with its line`, () => {
    assert.throws(
      () => parseYaml(yaml),
      (error) => error instanceof YamlSyntaxError && error.position.line === line,
    );
  });
}
