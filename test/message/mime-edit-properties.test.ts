import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MimeEdits } from '../../src/message/mime-edit.ts';
import { createTransferDecoder } from '../../src/message/transfer-decoding.ts';
import { octetsOf } from './chunking.ts';
import {
  editing,
  mixed,
  outcome,
  pathsOf,
  type ReadPart,
  read,
  readParts,
  text,
  wrapBoundary,
} from './mime-editing.ts';

const awkward = octetsOf(
  ...[
    '\r\n',
    '\n',
    '\r\n\r\n',
    '-',
    '--b',
    '\r\n--b\r\n',
    '\n--b--\n',
    '\r\n--bb\r\n',
    '\r\n--b--',
  ],
  ...['text', ' ', `${mixed('b')}\r\n\r\n`, `${mixed('bb')}\r\n\r\n`, 'X: y\r\n', '\r\n--bb--\r\n'],
  ...['Content-Type: message/rfc822\r\n\r\n', 'Content-Type: text/html\r\n'],
);
const anyMessage = fc.oneof(
  awkward.map((octets) => Buffer.concat([Buffer.from(`${mixed('b')}\r\n\r\n`), octets])),
  awkward,
);
const anyEdit = fc.record({
  kind: fc.constantFrom('setText', 'replace', 'drop', 'add'),
  index: fc.nat(20),
  content: fc.constantFrom('', 'new', 'new\r\n', '--b\n', '\u20ac', '--bb--\n--b'),
});

function apply(edits: MimeEdits, edit: { kind: string; index: number; content: string }): void {
  const paths = [...edits.nodes()].map(({ path }) => path);
  const path = paths[edit.index % paths.length] ?? '1';
  const node = edits.find(path);
  const isText = node?.contentType.startsWith('text/') && !('children' in node.content);
  if (edit.kind === 'add') edits.add(text(edit.content), wrapBoundary);
  else if (edit.kind === 'drop') edits.drop(path);
  else if (edit.kind === 'replace') edits.replace(path, text(edit.content));
  else if (isText === true) edits.setText(path, edit.content);
}

test('what is read from the outcome is the edited tree, and untouched parts keep every octet', () => {
  fc.assert(
    fc.property(anyMessage, fc.array(anyEdit, { minLength: 1, maxLength: 6 }), (octets, list) => {
      const state = editing(octets);
      for (const edit of list) apply(state.edits, edit);
      const nodes = [...state.edits.nodes()];
      const parts = readParts(outcome(state));
      assert.deepEqual(
        parts.map(({ part }) => [part.path, part.contentType, part.isContainer]),
        nodes.map(({ path, node }) => [path, node.contentType, 'children' in node.content]),
      );
      for (const [index, { node, path }] of nodes.entries()) {
        const { part, content } = parts[index] ?? assert.fail();
        const header = node.headers.bytes.toString('latin1');
        // A header that the message ended in may have got its blank line.
        const isCut = path === '1' || !header.endsWith('\n');
        const found = part.headers.bytes.toString('latin1');
        assert.ok(isCut ? found.startsWith(header) : found === header);
        if (node.content.kind === 'original') {
          const { source } = node.content;
          const before = octets.toString('latin1', source.part.contentStart, source.end);
          assert.equal(content, before);
        }
        if (node.content.kind === 'written') {
          const written = node.content.octets.toString('latin1');
          // The end of a message is the end of a line.
          const isLast = index === nodes.length - 1;
          assert.ok(content === written || (isLast && content === `${written}\r\n`));
        }
      }
    }),
    { numRuns: 2000 },
  );
});

/** A tree of texts, each with a word that no other has. */
interface Tree {
  word: string;
  children: Tree[] | undefined;
}

const { tree: anyTree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc
    .record({
      word: fc.constant(''),
      children: fc.option(fc.array(tie('tree'), { minLength: 1, maxLength: 3 }), {
        nil: undefined,
        depthSize: 'medium',
      }),
    })
    .map((each) => each as Tree),
}));

const quirks = fc.record({
  lineEnd: fc.constantFrom('\r\n', '\n'),
  preamble: fc.constantFrom('', 'preamble', '--'),
  epilogue: fc.constantFrom('', 'epilogue\r\n', '-- \n'),
  isClosed: fc.boolean(),
});

function write(
  tree: Tree,
  path: string,
  how: { [K in keyof typeof sample]: (typeof sample)[K] },
): string {
  const { lineEnd, preamble, epilogue, isClosed } = how;
  tree.word = `word-${path}-`;
  if (tree.children === undefined) return [`X-P: ${path}`, '', tree.word, 'more'].join(lineEnd);
  const boundary = `B${path}`;
  const parts = tree.children.map((child, index) =>
    ['', `--${boundary}`, write(child, `${path}.${index + 1}`, how)].join(lineEnd),
  );
  const end = isClosed ? `${lineEnd}--${boundary}--${lineEnd}${epilogue}` : '';
  return `${mixed(boundary)}${lineEnd}${lineEnd}${preamble}${parts.join('')}${end}`;
}

const sample = { lineEnd: '', preamble: '', epilogue: '', isClosed: true };

function words(tree: Tree): unknown {
  return tree.children === undefined ? tree.word : tree.children.map(words);
}

function wordsRead(parts: readonly ReadPart[], path = '1'): unknown {
  const own = parts.find(({ part }) => part.path === path) ?? assert.fail();
  if (own.part.isContainer) {
    const isChild = new RegExp(`^${path.replaceAll('.', '\\.')}\\.\\d+$`);
    const inside = pathsOf(parts).filter((each) => isChild.test(each));
    return inside.map((each) => wordsRead(parts, each));
  }
  const decoder = createTransferDecoder(own.part.transferEncoding);
  const decoded = [decoder.push(Buffer.from(own.content, 'latin1')), decoder.end()];
  return Buffer.concat(decoded).toString().split(/\r?\n/)[0];
}

test('random edits of random trees give the trees that the same edits of plain lists give', () => {
  fc.assert(
    fc.property(anyTree, quirks, fc.array(anyEdit, { maxLength: 6 }), (tree, how, list) => {
      const octets = Buffer.from(write(tree, '1', how));
      const state = editing(octets);
      let model: Tree = tree;
      for (const [index, { kind, index: target }] of list.entries()) {
        const word = `new-${index}`;
        const paths = [...state.edits.nodes()].map(({ path }) => path);
        const path = paths[target % paths.length] ?? '1';
        const place = locate(model, path);
        if (kind === 'add') {
          state.edits.add(text(word), wrapBoundary);
          const leaf = { word, children: undefined };
          if (model.children === undefined) model = { word: '', children: [model, leaf] };
          else model.children.push(leaf);
        } else if (kind === 'drop') {
          state.edits.drop(path);
          const siblings = place.parent?.children;
          if (siblings !== undefined && siblings.length > 1) siblings.splice(place.index, 1);
          else Object.assign(place.node, { word: '', children: undefined });
        } else if (kind === 'replace' || place.node.children === undefined) {
          if (kind === 'replace') state.edits.replace(path, text(word));
          else state.edits.setText(path, word);
          Object.assign(place.node, { word, children: undefined });
        }
      }
      const result = outcome(state);
      assert.deepEqual(wordsRead(readParts(result)), words(model));
      if (!state.edits.isChanged) assert.deepEqual(result, octets);
      assert.equal(
        read(octets, state.edits.body()).length + state.header.toBuffer().length,
        result.length,
      );
    }),
    { numRuns: 1000 },
  );
});

function locate(root: Tree, path: string): { node: Tree; parent: Tree | undefined; index: number } {
  let node = root;
  let parent: Tree | undefined;
  let index = 0;
  for (const number of path.split('.').slice(1)) {
    parent = node;
    index = Number(number) - 1;
    node = node.children?.[index] ?? assert.fail(`no part ${path}`);
  }
  return { node, parent, index };
}

test('adding a part and dropping it again leaves the others as they were', () => {
  fc.assert(
    fc.property(anyMessage, (octets) => {
      const state = editing(octets);
      const before = readParts(octets);
      const isWrapped = state.edits.wrapsToAdd;
      state.edits.add(text('new'), wrapBoundary);
      const last = [...state.edits.nodes()].filter(({ depth }) => depth === 1).at(-1);
      state.edits.drop(last?.path ?? '');
      const after = readParts(outcome(state));
      const contents = after.map(({ content }) => content);
      const expected = before.map(({ content }) => content);
      assert.deepEqual(isWrapped ? contents.slice(1) : contents, expected);
    }),
  );
});
