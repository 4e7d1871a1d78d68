// Owns the header of a message: where it ends, reading it, and edits that leave all other octets alone.
import {
  type HeaderField,
  type HeaderFields,
  splitFields,
  toField,
  unfoldedValue,
} from './header-fields.ts';
import { toHeaderLine } from './header-line.ts';
import { toReadableText } from './text.ts';

const lf = 0x0a;
const cr = 0x0d;

/**
 * Finds where the header block ends, over any chunking. A blank line is a line end at the start of
 * a line: CRLF, LF, or a run of CR before LF as some gateways produce.
 */
export class HeaderEndFinder {
  #offset = 0;
  #position: 'lineStart' | 'blankSoFar' | 'inLine' = 'lineStart';
  #end: number | undefined;

  /** Octets from the start of the message up to and including the blank line, once known. */
  push(chunk: Buffer): number | undefined {
    let at = 0;
    while (this.#end === undefined && at < chunk.length) {
      if (this.#position === 'inLine') {
        const lineEnd = chunk.indexOf(lf, at);
        if (lineEnd === -1) break;
        this.#position = 'lineStart';
        at = lineEnd + 1;
        continue;
      }
      const octet = chunk[at];
      at += 1;
      if (octet === lf) this.#end = this.#offset + at;
      this.#position = octet === cr ? 'blankSoFar' : 'inLine';
    }
    this.#offset += chunk.length;
    return this.#end;
  }
}

/** Reading, the same for a block and for its edited form. Names match without regard to case. */
abstract class HeaderView {
  protected abstract fields(): Iterable<HeaderField>;

  /** Value of the first field of that name: unfolded, trimmed, each octet one latin1 character. */
  get(name: string): string | undefined {
    const key = name.toLowerCase();
    for (const field of this.fields()) {
      if (isNamed(field, key)) return unfoldedValue(field);
    }
    return undefined;
  }

  all(name: string): string[] {
    const key = name.toLowerCase();
    const values: string[] = [];
    for (const field of this.fields()) {
      if (isNamed(field, key)) values.push(unfoldedValue(field));
    }
    return values;
  }

  /** Value of the first field, decoded for reading by people. */
  text(name: string): string | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : toReadableText(value);
  }

  *entries(): Iterable<{ readonly name: string; readonly value: string }> {
    for (const field of this.fields()) {
      if (field.name !== undefined) yield { name: field.name, value: unfoldedValue(field) };
    }
  }
}

/**
 * Immutable, byte-preserving view of a header block: the octets up to and including the blank
 * line, which may be missing when the message ends in its header. Fields are looked up only on demand.
 */
export class HeaderBlock extends HeaderView {
  readonly bytes: Buffer;
  #split: HeaderFields | undefined;

  constructor(bytes: Buffer) {
    super();
    this.bytes = bytes;
  }

  /** For editing: the octets divided into fields. */
  split(): HeaderFields {
    this.#split ??= splitFields(this.bytes);
    return this.#split;
  }

  protected override fields(): Iterable<HeaderField> {
    return this.split().fields;
  }
}

/** State of the edits at one moment; made by `snapshot()`, of use only to `restore()` of the same edits. */
export interface HeaderSnapshot {
  readonly added: readonly HeaderField[];
  readonly kept: readonly HeaderField[];
}

/**
 * Edits over a block. New fields stand together above all fields of the sender, in the order in
 * which they were added. All new lines end with CRLF.
 */
export class HeaderEdits extends HeaderView {
  readonly #block: HeaderBlock;
  readonly #lead: readonly HeaderField[];
  readonly #untouched: HeaderSnapshot;
  #state: HeaderSnapshot;
  /** Of which state `#fields` is the list. */
  #listed: HeaderSnapshot;
  #fields: readonly HeaderField[];

  constructor(block: HeaderBlock) {
    super();
    this.#block = block;
    const { fields } = block.split();
    const lead = leadLength(fields[0]);
    this.#lead = fields.slice(0, lead);
    this.#untouched = { added: [], kept: lead === 0 ? fields : fields.slice(lead) };
    this.#state = this.#untouched;
    this.#listed = this.#state;
    this.#fields = fields;
  }

  get isChanged(): boolean {
    return this.#state !== this.#untouched;
  }

  add(name: string, value: string): void {
    const field = toField(toHeaderLine(name, value));
    this.#state = { added: [...this.#state.added, field], kept: this.#state.kept };
  }

  /** Adds a field that is written out already, its line ends included. */
  addField(octets: Buffer): void {
    const { added, kept } = this.#state;
    this.#state = { added: [...added, toField(octets)], kept };
  }

  /** Replaces the first field of that name in place, or adds it; an equal value keeps its octets. */
  replace(name: string, value: string): void {
    const field = toField(toHeaderLine(name, value));
    const current = this.get(name);
    if (current === unfoldedValue(field)) return;
    const { added, kept } = this.#state;
    if (current === undefined) {
      this.#state = { added: [...added, field], kept };
      return;
    }
    const isSame = (other: HeaderField): boolean => isNamed(other, field.key);
    const inAdded = added.findIndex(isSame);
    this.#state =
      inAdded === -1
        ? { added, kept: kept.with(kept.findIndex(isSame), field) }
        : { added: added.with(inAdded, field), kept };
  }

  /** Removes all fields of that name, or those whose value matches; returns how many. */
  remove(name: string, where?: (value: string) => boolean): number {
    const key = name.toLowerCase();
    return this.#removeFields((field) => isNamed(field, key), where);
  }

  /** All fields whose name starts so, as they are written. */
  prefixed(prefix: string): Buffer[] {
    const key = prefix.toLowerCase();
    return this.fields()
      .filter((field) => isPrefixed(field, key))
      .map(({ source, start, end }) => source.subarray(start, end));
  }

  /** Removes all fields whose name starts so; returns how many. */
  removePrefixed(prefix: string): number {
    const key = prefix.toLowerCase();
    return this.#removeFields((field) => isPrefixed(field, key));
  }

  #removeFields(
    isMeant: (field: HeaderField) => boolean,
    where: (value: string) => boolean = () => true,
  ): number {
    if (!this.fields().some(isMeant)) return 0;
    const stays = (field: HeaderField): boolean => !isMeant(field) || !where(unfoldedValue(field));
    const { added, kept } = this.#state;
    const next = { added: added.filter(stays), kept: kept.filter(stays) };
    const removed = added.length + kept.length - next.added.length - next.kept.length;
    if (removed > 0) this.#state = next;
    return removed;
  }

  snapshot(): HeaderSnapshot {
    return this.#state;
  }

  restore(snapshot: HeaderSnapshot): void {
    this.#state = snapshot;
  }

  /** How many `toBuffer` gives. */
  get octets(): number {
    return this.#pieces().reduce((sum, { length }) => sum + length, 0);
  }

  /** The very buffer of the block when nothing has changed. */
  toBuffer(): Buffer {
    return this.isChanged ? Buffer.concat(this.#pieces()) : this.#block.bytes;
  }

  #pieces(): readonly Buffer[] {
    const { bytes } = this.#block;
    if (!this.isChanged) return [bytes];
    return piecesOf(this.fields(), bytes.subarray(this.#block.split().tailStart));
  }

  protected override fields(): readonly HeaderField[] {
    if (this.#listed !== this.#state) {
      const { added, kept } = this.#state;
      this.#listed = this.#state;
      this.#fields = this.#lead.concat(added, kept);
    }
    return this.#fields;
  }
}

function isNamed(field: HeaderField, key: string): boolean {
  return field.name !== undefined && field.key === key;
}

function isPrefixed(field: HeaderField, key: string): boolean {
  return field.name !== undefined && field.key.startsWith(key);
}

/** An mbox `From ` line and a continuation line without a field mean something only on top. */
function leadLength(first: HeaderField | undefined): number {
  if (first === undefined || first.name !== undefined) return 0;
  const start = first.source.toString('latin1', first.start, Math.min(first.start + 6, first.end));
  return /^(?:[ \t]|>?From )/.test(start) ? 1 : 0;
}

/** Fields that were neighbours keep their octets; where an edit parts them, the line before is ended properly. */
function piecesOf(fields: Iterable<HeaderField>, tail: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let open: { source: Buffer; start: number; end: number } | undefined;
  for (const field of fields) {
    if (open !== undefined && open.source === field.source && open.end === field.start) {
      open.end = field.end;
      continue;
    }
    if (open !== undefined) pieces.push(...endedLines(open.source.subarray(open.start, open.end)));
    open = { source: field.source, start: field.start, end: field.end };
  }
  if (open !== undefined) {
    const last = open.source.subarray(open.start, open.end);
    pieces.push(...(tail.length > 0 ? endedLines(last) : [last]));
  }
  pieces.push(tail);
  return pieces;
}

/** Lines that another line follows: CRLF ends the last one unless LF does. */
function endedLines(lines: Buffer): Buffer[] {
  if (lines.at(-1) === lf) return [lines];
  let end = lines.length;
  while (end > 0 && lines[end - 1] === cr) end -= 1;
  // A line of nothing but CR would become the blank line that ends the header: it goes.
  if (end === 0 || lines[end - 1] === lf) return [lines.subarray(0, end)];
  return [lines, Buffer.from(end === lines.length ? '\r\n' : '\n')];
}
