import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MimeEdits } from '../../src/message/mime-edit.ts';
import {
  edited,
  editing,
  message,
  mixed,
  outcome,
  pathsOf,
  readParts,
  text,
  wrapBoundary,
} from './mime-editing.ts';

const textFields = [
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 7bit',
  'Content-Disposition: inline',
];
const twoParts = message(
  mixed('b'),
  '',
  'pre',
  '--b',
  'X: 1',
  '',
  'one',
  '--b',
  '',
  'two',
  '--b--',
  'epi',
);
const plain = message('Subject: x', 'Content-Type: text/plain; charset=latin1', '', 'h\xe9', '');
const setText = (path: string, content: string) => (edits: MimeEdits) =>
  edits.setText(path, content);
const replace = (path: string, content: string) => (edits: MimeEdits) =>
  edits.replace(path, text(content));
const drop = (path: string) => (edits: MimeEdits) => edits.drop(path);
const add = (content: string) => (edits: MimeEdits) => edits.add(text(content), wrapBoundary);

type Change = (edits: MimeEdits) => void;

const outcomes: readonly (readonly [string, Buffer, Change, Buffer])[] = [
  [
    'the text of a part is set, its other fields stay, its line end stays with the boundary',
    twoParts,
    setText('1.1', 'new\n'),
    message(
      ...[mixed('b'), '', 'pre', '--b', ...textFields.slice(0, 2), 'X: 1'],
      ...['', 'new', '', '--b', '', 'two', '--b--', 'epi'],
    ),
  ],
  [
    'the text of a message is set',
    plain,
    setText('1', 'hé, and more'),
    message(
      ...['Content-Transfer-Encoding: quoted-printable', 'MIME-Version: 1.0', 'Subject: x'],
      ...[textFields[0] ?? '', '', 'h=C3=A9, and more', ''],
    ),
  ],
  [
    'parameters stay, a digest of the old content goes, of several fields one is left',
    message(
      ...['MIME-Version: 1.0', 'Content-Type: text/plain; format=flowed; charset=koi8-r', 'A: b'],
      ...['Content-Transfer-Encoding: 8bit', 'Content-MD5: x', 'Content-Type: text/html', '', 'x'],
    ),
    setText('1', 'y\r\n'),
    message(
      ...['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8; format="flowed"', 'A: b'],
      ...['Content-Transfer-Encoding: 7bit', '', 'y', ''],
    ),
  ],
  [
    'a part is replaced',
    twoParts,
    replace('1.2', 'new'),
    message(
      ...[mixed('b'), '', 'pre', '--b', 'X: 1', '', 'one', '--b', ...textFields, '', 'new'],
      ...['--b--', 'epi'],
    ),
  ],
  [
    'a part is replaced that the next boundary follows without a line end',
    message(mixed('b'), '', '--b', '--b', '', 'two', '--b--', ''),
    replace('1.1', 'new'),
    message(mixed('b'), '', '--b', ...textFields, '', 'new', '--b', '', 'two', '--b--', ''),
  ],
  [
    'a part is replaced at a boundary line that the message ends in',
    message(mixed('b'), '', '--b'),
    replace('1.1', 'new'),
    message(mixed('b'), '', '--b', ...textFields, '', 'new', ''),
  ],
  [
    'the first part is dropped, the preamble stays',
    twoParts,
    drop('1.1'),
    message(mixed('b'), '', 'pre', '--b', '', 'two', '--b--', 'epi'),
  ],
  [
    'the last part is dropped, the epilogue stays',
    twoParts,
    drop('1.2'),
    message(mixed('b'), '', 'pre', '--b', 'X: 1', '', 'one', '--b--', 'epi'),
  ],
  [
    'the last part is dropped that nothing closes: the part before keeps its end',
    message(mixed('b'), '', '--b', '', 'one', '--b', '', 'two'),
    drop('1.2'),
    message(mixed('b'), '', '--b', '', 'one', '--b--', ''),
  ],
  [
    'a part behind the closing boundary is dropped, what closes stays',
    message(mixed('b'), '', '--b', '', 'one', '--b--', 'gap', '--b', '', 'late', '--b--', ''),
    drop('1.2'),
    message(mixed('b'), '', '--b', '', 'one', '--b--', 'gap', '--b--', ''),
  ],
  [
    'all parts are dropped: an empty text is left',
    twoParts,
    (edits) => {
      edits.drop('1.1');
      edits.drop('1.1');
    },
    message(mixed('b'), '', 'pre', '--b', ...textFields, '', '', '--b--', 'epi'),
  ],
  [
    'the message is dropped: an empty text under the same header',
    message('Subject: x', mixed('b'), '', '--b', '', 'one', '--b--', ''),
    drop('1'),
    message(...textFields, 'MIME-Version: 1.0', 'Subject: x', '', ''),
  ],
  [
    'an embedded message is dropped: its header stays, its content is empty',
    message(mixed('b'), '', '--b', 'Content-Type: message/rfc822', '', 'A: b', '', 'x', '--b--'),
    drop('1.1.1'),
    message(
      ...[mixed('b'), '', '--b', 'Content-Type: message/rfc822', ''],
      ...[...textFields, 'MIME-Version: 1.0', 'A: b', '', '', '--b--'],
    ),
  ],
  [
    'a part is added behind the last one, before what closes',
    twoParts,
    add('new'),
    message(
      ...[mixed('b'), '', 'pre', '--b', 'X: 1', '', 'one', '--b', '', 'two', '--b'],
      ...[...textFields, '', 'new', '--b--', 'epi'],
    ),
  ],
  [
    'a missing final boundary is repaired where something is added',
    message(mixed('b'), '', '--b', '', 'one', ''),
    add('new'),
    message(mixed('b'), '', '--b', '', 'one', '', '--b', ...textFields, '', 'new', '--b--', ''),
  ],
  [
    'a part is added behind one that ended in its header',
    message(mixed('b'), '', '--b', 'X: y', ''),
    add('new'),
    message(mixed('b'), '', '--b', 'X: y', '--b', ...textFields, '', 'new', '--b--', ''),
  ],
  [
    'a part is added behind a boundary line that the message ends in',
    message(mixed('b'), '', '--b'),
    add('new'),
    message(mixed('b'), '', '--b', '--b', ...textFields, '', 'new', '--b--', ''),
  ],
  [
    'a message that is not multipart/mixed moves inward with its Content-* fields',
    message(
      'A: b',
      'Content-Type: text/plain;',
      '\tcharset=latin1',
      'content-id: <x>',
      'C: d',
      '',
      'h\xe9',
      '',
    ),
    add('new'),
    message(
      ...['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="=_wrap"', 'A: b', 'C: d'],
      ...['', '--=_wrap', 'Content-Type: text/plain;', '\tcharset=latin1', 'content-id: <x>', ''],
      ...['h\xe9', '', '--=_wrap', ...textFields, '', 'new', '--=_wrap--', ''],
    ),
  ],
  [
    'a second part is added to what the first one wrapped',
    message('MIME-Version: 1.0', 'Content-Transfer-Encoding: 8bit', '', 'x'),
    (edits) => {
      edits.add(text('new'), wrapBoundary);
      edits.add(text('newer'), undefined);
    },
    message(
      'Content-Type: multipart/mixed; boundary="=_wrap"',
      ...['Content-Transfer-Encoding: 8bit', 'MIME-Version: 1.0', ''],
      ...['--=_wrap', 'Content-Transfer-Encoding: 8bit', '', 'x', '--=_wrap', ...textFields, ''],
      ...['new', '--=_wrap', ...textFields, '', 'newer', '--=_wrap--', ''],
    ),
  ],
  [
    'a message that ended in its header is wrapped',
    message('A: b'),
    add('new'),
    message(
      ...['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="=_wrap"', 'A: b', ''],
      ...['--=_wrap', '', '', '--=_wrap', ...textFields, '', 'new', '--=_wrap--', ''],
    ),
  ],
  [
    'a boundary that is used again inside takes no more parts: the message is wrapped',
    message('MIME-Version: 1.0', mixed('b'), '', '--b', mixed('b'), '', '--b', '', 'one', '--b--'),
    add('new'),
    message(
      ...['Content-Type: multipart/mixed; boundary="=_wrap"', 'MIME-Version: 1.0', '', '--=_wrap'],
      ...[mixed('b'), '', '--b', mixed('b'), '', '--b', '', 'one', '--b--'],
      ...['--=_wrap', ...textFields, '', 'new', '--=_wrap--', ''],
    ),
  ],
];

for (const [name, original, change, expected] of outcomes) {
  test(name, () => {
    assert.equal(edited(original, change), expected.toString('latin1'));
  });
}

test('an edit of the header before and one after the message was wrapped both hold', () => {
  const state = editing(plain);
  state.header.add('X-A', '1');
  state.header.replace('Content-Type', 'text/plain; charset=iso-8859-1');
  state.edits.add(text('new'), wrapBoundary);
  state.header.replace('Subject', 'y');
  assert.equal(state.header.get('Content-Type'), 'multipart/mixed; boundary="=_wrap"');
  assert.equal(
    outcome(state).toString('latin1'),
    message(
      'X-A: 1',
      ...['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="=_wrap"', 'Subject: y'],
      ...['', '--=_wrap', 'Content-Type: text/plain; charset=iso-8859-1', '', 'h\xe9', ''],
      ...['--=_wrap', ...textFields, '', 'new', '--=_wrap--', ''],
    ).toString('latin1'),
  );
});

test('a snapshot brings back the tree, and together with that of the header all octets', () => {
  const state = editing(plain);
  const before = { tree: state.edits.snapshot(), header: state.header.snapshot() };
  state.edits.add(text('new'), wrapBoundary);
  const between = { tree: state.edits.snapshot(), header: state.header.snapshot() };
  const wrapped = outcome(state);
  state.edits.drop('1');
  state.edits.restore(between.tree);
  state.header.restore(between.header);
  assert.deepEqual(outcome(state), wrapped);
  state.edits.restore(before.tree);
  state.header.restore(before.header);
  assert.deepEqual(outcome(state), plain);
  assert.equal(state.edits.isChanged, false);
});

test('a message without edits is one range', () => {
  const { edits } = editing(twoParts);
  const { contentStart } = readParts(twoParts)[0]?.part ?? { contentStart: 0 };
  assert.deepEqual(edits.body(), [{ kind: 'range', start: contentStart, end: twoParts.length }]);
});

test('what is sealed is told, from the part that seals inward', () => {
  const signed = message(
    ...[mixed('o'), '', '--o', 'Content-Type: multipart/signed; boundary=s', ''],
    ...['--s', '', 'text', '--s', 'Content-Type: application/pgp-signature', '', 'x', '--s--'],
    ...['--o', 'Content-Type: application/pkcs7-mime; name=smime.p7m', '', 'x', '--o--'],
  );
  const { edits } = editing(signed);
  const sealed = ['1', '1.1', '1.1.1', '1.1.2', '1.2'].map((path) => edits.isSealed(path));
  assert.deepEqual(sealed, [false, true, true, true, true]);
});

test('edits that cannot be made are refused and change nothing', () => {
  const state = editing(twoParts);
  const { edits } = state;
  const refused: readonly Change[] = [
    setText('1', 'no text'),
    setText('1.3', 'no part'),
    setText('1.0', 'no path'),
    setText('2', 'no path'),
    drop('1.1.1'),
    drop(''),
    replace('1.01', 'no path'),
    (each) => each.replace('1.1', { contentType: 'multipart/mixed', content: '' }),
    (each) => each.replace('1.1', { contentType: 'text/plain; charset=x', content: '' }),
    (each) => each.isSealed('1.9'),
  ];
  for (const change of refused) {
    assert.throws(() => change(edits), { code: 'BODY_EDIT_INVALID', fault: 'plugin' });
  }
  assert.equal(edits.isChanged, false);
  assert.deepEqual(outcome(state), twoParts);
  assert.throws(() => editing(plain).edits.add(text('x'), undefined), {
    code: 'BODY_EDIT_INVALID',
  });
});

test('new text cannot part the message: a line like a boundary is encoded', () => {
  for (const change of [setText('1.1', 'a\n--b\nb'), setText('1.1', '--b--'), add('--bb\n')]) {
    const octets = edited(twoParts, change);
    const parts = readParts(Buffer.from(octets, 'latin1'));
    const written = parts.find(({ part }) => part.transferEncoding !== undefined);
    assert.equal(written?.part.transferEncoding, 'base64');
  }
  const wrapped = edited(plain, (edits) => {
    edits.add(text('new'), wrapBoundary);
    edits.setText('1.1', `--${wrapBoundary}\n`);
  });
  assert.deepEqual(pathsOf(readParts(Buffer.from(wrapped, 'latin1'))), ['1', '1.1', '1.2']);
});

test('a boundary is found in what was written', () => {
  const { edits } = editing(plain);
  assert.equal(edits.mentions(wrapBoundary), false);
  edits.setText('1', `here: ${wrapBoundary}`);
  assert.equal(edits.mentions(wrapBoundary), true);
});

test('a CR that ended a line of a header gives no boundary a line of its own', () => {
  const octets = message(
    mixed('b'),
    '',
    '--b',
    'Content-Type: text/plain\r--b',
    '',
    'old',
    '--b--',
    '',
  );
  const outcomeOfEdit = edited(octets, setText('1.1', 'new'));
  const parts = readParts(Buffer.from(outcomeOfEdit, 'latin1'));
  assert.deepEqual(pathsOf(parts), ['1', '1.1']);
  assert.equal(parts[1]?.content, 'new');
});

test('a multipart in which nothing parts anything stays as it is', () => {
  const inner = message(mixed('unused'), '', 'text', '');
  const octets = message(mixed('b'), '', '--b', `${inner}`, '--b', '', 'old', '--b--', '');
  assert.ok(edited(octets, setText('1.2', 'new')).includes(`--b\r\n${inner}\r\n--b\r\n`));
});

test('a header that ended in a CR gets one blank line', () => {
  const octets = Buffer.from('Subject: x\r\n\r');
  assert.match(edited(octets, setText('1', 'new')), /\r\n\r\nnew\r\n$/);
});

test('an embedded message that ended in the header around it is edited behind a blank line', () => {
  const octets = message('Content-Type: multipart/digest; boundary="b"', '', '--b', '');
  const parts = readParts(Buffer.from(edited(octets, setText('1.1.1', 'new')), 'latin1'));
  assert.deepEqual(pathsOf(parts), ['1', '1.1', '1.1.1']);
});
