// Owns the findings about files that are wrapped in the content of a leaf: uuencode, yEnc, BinHex, and
// winmail.dat.
import type { AmbiguityKind } from '../ambiguity.ts';
import { decodingStages } from './content-encoding.ts';
import type { LeafProbe } from './leaf-probe.ts';
import type { Mark } from './line-search.ts';
import type { OutlinedPart } from './outline.ts';
import { fileHeader, madeBoundary, type Reading, writeHeader } from './reading.ts';
import type { WrappedFile } from './stage.ts';
import type { TnefItem } from './tnef.ts';

export type FoundReadings = readonly (readonly [AmbiguityKind, readonly Reading[]])[];

type Place = Omit<Reading, 'header'>;

const none: FoundReadings = [];

/** Files in the decoded content of an encoded leaf, and in winmail.dat. */
export function wrappedFiles({ part, end }: OutlinedPart, probe: LeafProbe): FoundReadings {
  if (probe.marks.length === 0 && probe.tnefOutline === undefined) return none;
  const decoded = { start: part.contentStart, end, stages: decodingStages(probe.encoding) };
  const inText = markedFiles(probe.marks, Number.MAX_SAFE_INTEGER, decoded);
  const outline = probe.tnefOutline;
  if (outline === undefined) return inText;
  const items = outline.items.map((item) => toWrappedFile(item));
  const damage: FoundReadings = outline.state === 'damaged' ? [['damaged-tnef', []]] : [];
  const tnef: FoundReadings = items.length === 0 ? [] : [['tnef', [bundle(items, decoded)]]];
  return [...inText, ...tnef, ...damage];
}

/** Files that the search over the message itself found in a leaf. */
export function plainFiles({ part, end }: OutlinedPart, marks: readonly Mark[]): FoundReadings {
  const start = part.contentStart;
  const local = marks.map((mark) => ({
    ...mark,
    start: mark.start - start,
    next: mark.next - start,
  }));
  return markedFiles(local, end - start, { start, end, stages: [] });
}

function markedFiles(marks: readonly Mark[], end: number, place: Place): FoundReadings {
  const files = marks.filter(({ kind }) => kind !== 'dashes' && kind !== 'field');
  if (files.length === 0) return [];
  const found: (readonly [AmbiguityKind, readonly Reading[]])[] = [];
  const uuencoded: WrappedFile[] = [];
  const yenc: WrappedFile[] = [];
  for (const [index, mark] of files.entries()) {
    const stretch = { start: mark.next, end: files[index + 1]?.start ?? end };
    if (mark.kind === 'uuencode' || mark.kind === 'base64') {
      // `begin-base64` is ended by a line of padding.
      const stage =
        mark.kind === 'uuencode'
          ? ({ kind: 'uuencode' } as const)
          : ({ kind: 'base64', variant: 'stopsAtForeign' } as const);
      uuencoded.push({ ...stretch, header: fileHeader([mark.name]), stages: [stage] });
    }
    if (mark.kind === 'yenc') {
      yenc.push({ ...stretch, header: fileHeader([mark.name]), stages: [{ kind: 'yenc' }] });
    }
  }
  if (uuencoded.length > 0) found.push(['uuencode', [bundle(uuencoded, place)]]);
  if (yenc.length > 0) found.push(['yenc', [bundle(yenc, place)]]);
  if (files.some((mark) => mark.kind === 'yenc' && mark.isPiece)) found.push(['yenc-piece', []]);
  if (files.some(({ kind }) => kind === 'binhex')) found.push(['binhex', []]);
  return found;
}

/** Several files as the parts of a multipart. */
function bundle(files: readonly WrappedFile[], place: Place): Reading {
  const ordered = files.toSorted((a, b) => a.start - b.start);
  const stage = { kind: 'bundle', files: ordered, boundary: madeBoundary } as const;
  const header = writeHeader(`Content-Type: multipart/mixed; boundary="${madeBoundary}"`);
  return { ...place, header, stages: [...place.stages, stage] };
}

function toWrappedFile(item: TnefItem): WrappedFile {
  const { start, end } = item;
  const isCompressed = item.kind === 'compressedRtf';
  return {
    start,
    end,
    header: tnefHeader(item),
    stages: isCompressed ? [{ kind: 'compressedRtf' }] : [],
  };
}

function tnefHeader({ kind, names }: TnefItem): Buffer {
  switch (kind) {
    case 'text':
      return writeHeader('Content-Type: text/plain');
    case 'html':
      return writeHeader('Content-Type: text/html');
    case 'compressedRtf':
      return writeHeader('Content-Type: text/rtf');
    case 'tnef':
      return writeHeader('Content-Type: application/ms-tnef');
    case 'file':
      return fileHeader(names);
  }
}
