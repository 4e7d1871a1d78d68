// Owns the fuzz target of header edits. The first line of the input is the edits, the rest the message:
// `+Name=value` adds, `=Name=value` replaces, `-Name` removes, `~Prefix` removes all that start so.
import assert from 'node:assert/strict';
import { HeaderBlock, HeaderEdits, HeaderEndFinder } from '../../../src/message/header-block.ts';
import type { HeaderField } from '../../../src/message/header-fields.ts';
import { toHeaderLine } from '../../../src/message/header-line.ts';
import { type FuzzTarget, unlessRefused } from '../target.ts';

interface Edit {
  readonly kind: '+' | '=' | '-' | '~';
  readonly name: string;
  readonly value: string;
}

function editsOf(line: Buffer): readonly Edit[] {
  const words = line.toString('latin1').split(';').slice(0, 12);
  return words.flatMap((word) => {
    const match = /^([-+=~])([^=]*)=?(.*)$/s.exec(word);
    if (match === null) return [];
    const [, kind, name = '', value = ''] = match;
    // Values are text of any alphabet, as plugins write it.
    const text = Buffer.from(value, 'latin1').toString('utf8');
    return [{ kind: kind as Edit['kind'], name, value: text }];
  });
}

function apply(edits: HeaderEdits, { kind, name, value }: Edit): void {
  if (kind === '-') edits.remove(name);
  else if (kind === '~') edits.removePrefixed(name);
  else
    unlessRefused('HEADER_INVALID', () =>
      (kind === '+' ? edits.add : edits.replace).call(edits, name, value),
    );
}

/** One line of the header as the model knows it; `key` is undefined for lines that are no field. */
interface Piece {
  readonly key: string | undefined;
  readonly octets: Buffer;
  readonly value: string;
}

/** The same edits on a plain list. */
class Model {
  readonly lead: readonly Piece[];
  added: readonly Piece[] = [];
  kept: readonly Piece[];

  constructor(header: HeaderBlock) {
    const pieces = header.split().fields.map(toPiece);
    const isLead = /^(?:[ \t]|>?From )/.test(pieces[0]?.octets.toString('latin1') ?? '');
    const leadLength = isLead && pieces[0]?.key === undefined ? 1 : 0;
    this.lead = pieces.slice(0, leadLength);
    this.kept = pieces.slice(leadLength);
  }

  apply({ kind, name, value }: Edit): void {
    const key = name.toLowerCase();
    if (kind === '-' || kind === '~') {
      const stays = ({ key: own }: Piece): boolean =>
        own === undefined || (kind === '-' ? own !== key : !own.startsWith(key));
      this.added = this.added.filter(stays);
      this.kept = this.kept.filter(stays);
      return;
    }
    const octets = unlessRefused('HEADER_INVALID', () => toHeaderLine(name, value));
    if (octets === undefined) return;
    const [field] = new HeaderBlock(octets).split().fields;
    assert.ok(field !== undefined);
    const piece = toPiece(field);
    const isSame = (other: Piece): boolean => other.key === key;
    const current = this.added.find(isSame) ?? this.kept.find(isSame);
    if (kind === '+' || current === undefined) {
      this.added = [...this.added, piece];
    } else if (current.value !== piece.value) {
      const swap = (other: Piece): Piece => (other === current ? piece : other);
      this.added = this.added.map(swap);
      this.kept = this.kept.map(swap);
    }
  }

  get pieces(): readonly Piece[] {
    return [...this.lead, ...this.added, ...this.kept];
  }
}

function toPiece(field: HeaderField): Piece {
  const octets = field.source.subarray(field.start, field.end);
  const [entry] = new HeaderBlock(octets).entries();
  const key = field.name === undefined ? undefined : field.key;
  return { key, octets, value: entry?.value ?? '' };
}

/** Only line ends between fields that were parted may differ; those are compared by reading back. */
function withoutLineEnds(octets: readonly Buffer[]): string {
  return Buffer.concat(octets)
    .toString('latin1')
    .replaceAll(/[\r\n]/g, '');
}

function checkWritten(edits: HeaderEdits, model: Model, tail: Buffer): void {
  const written = edits.toBuffer();
  const octets = model.pieces.map((piece) => piece.octets);
  assert.equal(withoutLineEnds([written]), withoutLineEnds(octets));
  assert.deepEqual(written.subarray(written.length - tail.length), tail);
  for (const piece of octets) {
    const text = piece.toString('latin1').replace(/[\r\n]+$/, '');
    assert.ok(written.includes(text, 0, 'latin1'), `lost: ${JSON.stringify(text)}`);
  }
  const again = new HeaderBlock(written);
  assert.deepEqual([...again.entries()], [...edits.entries()]);
  const fields = model.pieces.filter(({ key }) => key !== undefined);
  assert.deepEqual(
    [...again.entries()].map(({ name, value }) => [name.toLowerCase(), value]),
    fields.map(({ key, value }) => [key, value]),
  );
  const end = new HeaderEndFinder().push(written);
  assert.equal(end, tail.length > 0 ? written.length : undefined);
}

function split(input: Buffer): { readonly edits: readonly Edit[]; readonly header: HeaderBlock } {
  const lineEnd = input.indexOf(0x0a);
  const message = lineEnd === -1 ? Buffer.alloc(0) : input.subarray(lineEnd + 1);
  const end = new HeaderEndFinder().push(message);
  return {
    edits: editsOf(lineEnd === -1 ? input : input.subarray(0, lineEnd)),
    header: new HeaderBlock(message.subarray(0, end)),
  };
}

export const headerEdits: FuzzTarget = {
  name: 'header-edits',
  dictionary: [
    ';+A=b',
    ';=A=b',
    ';-A',
    ';~a',
    ';=Subject=\xc3\xa9',
    'Subject: x\r\n',
    'From x\r\n',
    '\r\n',
    '\r',
    '\r\n ',
    '\n',
    '\r\r\n',
    ': ',
  ],
  check(input) {
    const { edits, header } = split(input);
    const tail = header.bytes.subarray(header.split().tailStart);
    const edited = new HeaderEdits(header);
    const model = new Model(header);
    assert.equal(edited.toBuffer(), header.bytes, 'unchanged octets are the same buffer');
    const untouched = edited.snapshot();
    for (const edit of edits) {
      apply(edited, edit);
      model.apply(edit);
      if (edited.isChanged) checkWritten(edited, model, tail);
    }
    edited.restore(untouched);
    assert.equal(edited.toBuffer(), header.bytes);
    edited.add('X-Fuzz', 'a');
    assert.ok(edited.removePrefixed('x-fuzz') >= 1);
    const others = [...header.entries()].filter(({ name }) => !/^x-fuzz/i.test(name));
    assert.deepEqual([...new HeaderBlock(edited.toBuffer()).entries()], others);
  },
  exercise(input) {
    const edits = new HeaderEdits(new HeaderBlock(input));
    edits.add('X-Fuzz', 'a');
    edits.replace('Subject', 'b');
    edits.removePrefixed('a');
    edits.toBuffer();
    unlessRefused('HEADER_INVALID', () => edits.add('X-Text', input.toString('latin1')));
    unlessRefused('HEADER_INVALID', () =>
      edits.add('X-Text', input.toString('utf8').replaceAll(/[\r\n\0]/g, '')),
    );
  },
};
