// Owns messages whose boundaries are read in more than one way, and parts where no part should be.

import { uuencode } from '../wrapped-files.ts';
import {
  type AmbiguousMessage,
  filePart,
  inParts,
  letter,
  payload,
  payloadBase64,
  readings,
  silent,
  withPart,
} from './case.ts';

const text = ['Content-Type: text/plain', '', 'Nothing to see.'];

/** A multipart of which the standard reading gets a text, and who goes by `hidden` the file. */
function hiddenBehind(hidden: string, contentType: string, seen = 'one'): string {
  return letter(
    [contentType],
    `--${seen}`,
    ...text,
    `--${hidden}`,
    ...filePart,
    `--${hidden}--`,
    `--${seen}--`,
  );
}

const longBoundary = 'b'.repeat(80);

/** Boundary of the file, and how the parameter is written; `one` is what the standard reading takes. */
const otherBoundaries: readonly (readonly [kind: string, hidden: string, type: string])[] = [
  ['duplicate-boundary', 'two', 'multipart/mixed; boundary="one"; boundary="two"'],
  ['duplicate-boundary', 'two', 'multipart/mixed; boundary=one; BOUNDARY=two'],
  ['continued-boundary', 'two', 'multipart/mixed; boundary="one"; boundary*0="t"; boundary*1="wo"'],
  ['continued-boundary', 'two', "multipart/mixed; boundary=one; boundary*=us-ascii''two"],
  ['continued-boundary', 't o', "multipart/mixed; boundary=one; boundary*=us-ascii''t%20o"],
  ['boundary-spelling', 'two', 'multipart/mixed; boundary="one"; x="; boundary=two"'],
  ['boundary-spelling', 'two', 'multipart/mixed; boundary="one" (; boundary=two)'],
];

/** Boundary that the standard reading takes, boundary of the file, and the parameter. */
const spellings: readonly (readonly [seen: string, hidden: string, type: string])[] = [
  ['two(x)', 'two', 'multipart/mixed; boundary=two(x)'],
  ['two', 'two words', 'multipart/mixed; boundary=two words'],
  ['t', 't"wo', 'multipart/mixed; boundary="t"wo"'],
  ['two', 't\\wo', 'multipart/mixed; boundary="t\\wo"'],
  ["'two'", 'two', "multipart/mixed; boundary='two'"],
  ['=?us-ascii?Q?two?=', 'two', 'multipart/mixed; boundary="=?us-ascii?Q?two?="'],
  ['t%77o', 'two', 'multipart/mixed; boundary="t%77o"'],
  [longBoundary, longBoundary.slice(0, 70), `multipart/mixed; boundary="${longBoundary}"`],
];

function inside(...body: readonly string[]): string {
  return letter(['Content-Type: multipart/mixed; boundary="one"'], ...body);
}

export function boundaryCases(): AmbiguousMessage[] {
  return [
    ...otherBoundaries.map(([kind, hidden, type]) =>
      readings(`boundaries of ${type}`, [kind], hiddenBehind(hidden, `Content-Type: ${type}`)),
    ),
    ...spellings.map(([seen, hidden, type]) =>
      readings(
        `spellings of ${type.slice(0, 60)}`,
        ['boundary-spelling'],
        hiddenBehind(hidden, `Content-Type: ${type}`, seen),
      ),
    ),
    inParts(
      'blanks at the end of a boundary',
      [],
      hiddenBehind('one', 'Content-Type: multipart/mixed; boundary="one  "', 'one  '),
    ),
    readings(
      'a boundary line with junk behind it',
      ['boundary-junk'],
      inside('--one', ...text, '--one and more', ...filePart, '--one--'),
    ),
    readings(
      'a boundary line that only begins like the boundary',
      ['boundary-junk'],
      inside('--one', ...text, '--onetwo', ...filePart, '--one--'),
    ),
    readings(
      'a multipart that names no boundary',
      ['missing-boundary'],
      letter(['Content-Type: multipart/mixed'], '--any', ...filePart, '--any--'),
    ),
    readings(
      'an empty boundary',
      ['empty-boundary'],
      letter(['Content-Type: multipart/mixed; boundary=""'], '--', ...filePart, '----'),
    ),
    inParts(
      'the final boundary before the first',
      ['parts-after-end'],
      inside('--one--', '', '--one', ...filePart, '--one--'),
    ),
    inParts(
      'a part behind the final boundary',
      ['parts-after-end'],
      inside('--one', ...text, '--one--', 'The end.', '--one', ...filePart, '--one--'),
    ),
    inParts('no final boundary', [], inside('--one', ...text, '--one', ...filePart)),
    readings(
      'a header in the epilogue',
      ['epilogue-part'],
      inside('--one', ...text, '--one--', '', ...filePart),
    ),
    readings(
      'a part with another boundary in the epilogue',
      ['epilogue-part'],
      inside('--one', ...text, '--one--', '--two', ...filePart, '--two--'),
    ),
    readings(
      'uuencode in the epilogue',
      ['epilogue-part', 'uuencode'],
      inside('--one', ...text, '--one--', uuencode('file.com', payload)),
    ),
    readings(
      'uuencode in the preamble',
      ['preamble-part', 'uuencode'],
      inside(uuencode('file.com', payload), '--one', ...text, '--one--'),
    ),
    readings(
      'a header in the preamble',
      ['preamble-part'],
      inside(...filePart, '--one', ...text, '--one--'),
    ),
    readings(
      'a part with another boundary in the preamble',
      ['preamble-part'],
      inside('--two', ...filePart, '--two--', '--one', ...text, '--one--'),
    ),
    readings(
      'an inner multipart that is ended by the boundary of the outer one',
      ['unclosed-multipart'],
      letter(
        [`Content-Type: multipart/mixed; boundary="${silent}"`],
        `--${silent}`,
        'Content-Type: multipart/mixed; boundary="inner"',
        '',
        '--inner',
        ...filePart.slice(0, -1),
        payloadBase64.slice(0, 20),
        `--${silent}`,
        '',
        payloadBase64.slice(20),
        `--${silent}--`,
      ),
    ),
    readings(
      'header and boundary without a blank line between them',
      ['junk-header-line'],
      letter(['Content-Type: multipart/mixed; boundary="one"'])
        .trimEnd()
        .concat('\r\n--one\r\n', filePart.join('\r\n'), '\r\n--one--\r\n'),
    ),
    inParts(
      'the same boundary for outer and inner multipart',
      [],
      withPart(
        'Content-Type: multipart/mixed; boundary="outer"',
        '',
        '--outer',
        ...filePart,
        '--outer--',
      ),
    ),
  ];
}
