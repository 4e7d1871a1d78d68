import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  fillTemplate,
  type Placeholder,
  parseTemplate,
  placeholders,
} from '../../../src/pipeline/notice/template.ts';

const values = Object.fromEntries(placeholders.map((name) => [name, name.toUpperCase()])) as Record<
  Placeholder,
  string
>;

function fill(source: string, kept?: 'replace' | 'hold'): string {
  const { template, problems } = parseTemplate(source, 'text');
  assert.deepEqual(problems, []);
  return fillTemplate(template, values, kept);
}

test('placeholders are filled, blanks inside the braces do not matter', () => {
  assert.equal(fill('{{from}}, {{ subject }}: {single} {{code}}'), 'FROM, SUBJECT: {single} CODE');
});

test('a section stands only in a notice of its kind', () => {
  const source = 'a{{#hold}}b{{code}}{{/hold}}{{#replace}}c{{/replace}}d';
  assert.equal(fill(source, 'hold'), 'abCODEd');
  assert.equal(fill(source, 'replace'), 'acd');
  assert.equal(fill(source), 'ad');
});

test('a value that looks like a placeholder stays as it is', () => {
  const { template } = parseTemplate('{{from}}{{code}}', 'text');
  const tricky = { ...values, from: '{{code}}{{#hold}}' };
  assert.equal(fillTemplate(template, tricky, 'replace'), '{{code}}{{#hold}}CODE');
});

const slips = {
  'an unknown placeholder': ['Dear\nreader {{subjet}}', 2, 8, '{{subjet}}', /did you mean subject/],
  'one that is like no other': ['{{address}}', 1, 1, '{{address}}', /known are from, subject/],
  'an unknown section': ['{{#held}}{{/hold}}', 1, 1, '{{#held}}', /did you mean hold/],
  'braces that are not closed': ['a\n\n{{from', 3, 1, '{{', /expected }} on the same line/],
  'braces closed on the next line': ['{{from\n}}', 1, 1, '{{', /expected }} on the same line/],
  'braces that were not opened': ['from}}', 1, 5, '}}', /no \{\{ before this/],
  'a section that is not closed': ['x{{#hold}}y', 1, 2, '{{#hold}}', /no \{\{\/hold\}\} after/],
  'a section that was not opened': ['{{/hold}}', 1, 1, '{{/hold}}', /no \{\{#hold\}\} before/],
  'a section in a section': ['{{#hold}}{{#replace}}', 1, 10, '{{#replace}}', /inside another/],
  'a prototype is no placeholder': ['{{constructor}}', 1, 1, '{{constructor}}', /unknown/],
} as const;

for (const [name, [source, line, column, written, message]] of Object.entries(slips)) {
  test(`${name}: place and braces are named`, () => {
    const [first] = parseTemplate(source, 'text').problems;
    assert.deepEqual(
      { line: first?.line, column: first?.column, written: first?.written },
      { line, column, written },
    );
    assert.match(first?.message ?? '', message);
  });
}

const outsideText = {
  'an attribute': '<a href="{{contact}}">',
  'a comment': '<!-- {{from}} -->',
  'a style': '<style>p { {{from}} }</style>',
  'a script': '<p><SCRIPT>{{from}}</SCRIPT>',
  'a title': '<title>{{subject}}</title>',
};

for (const [place, source] of Object.entries(outsideText)) {
  test(`in HTML, a placeholder in ${place} is refused`, () => {
    assert.match(parseTemplate(source, 'html').problems[0]?.message ?? '', /must not stand inside/);
  });
}

test('in HTML, a placeholder in text is accepted', () => {
  const source = '<style>p {}</style><title>x</title><p title="y">{{from}}</p>';
  assert.deepEqual(parseTemplate(source, 'html').problems, []);
});

test('any text either has problems or is filled with nothing lost', () => {
  const piece = fc.constantFrom(
    '{{',
    '}}',
    '{',
    '}',
    'from',
    '#hold',
    '/hold',
    ' ',
    '\n',
    'x',
    '<',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const source = pieces.join('');
      const { template, problems } = parseTemplate(source, 'text');
      if (problems.length > 0) return;
      const filled = fillTemplate(template, values, 'hold');
      const expected = source
        .replaceAll(/\{\{ *[#/] *hold *\}\}/g, '')
        .replaceAll(/\{\{ *from *\}\}/g, 'FROM');
      assert.equal(filled, expected);
    }),
    { numRuns: 1000 },
  );
});
