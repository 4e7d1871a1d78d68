// Owns the look into PDF documents, by the names in it rather than by its structure: readers repair
// damaged documents in ways of their own, but none runs a script without the name of the action.
import { InnerFile } from '../examined-file.ts';
import type { Opener, Opening } from '../opener.ts';
import { PdfAttachments } from './pdf-attachments.ts';
import { decodeStream } from './pdf-filters.ts';
import { type FoundName, findNames, type PdfName, windows } from './pdf-names.ts';
import { findStream, type PdfStream } from './pdf-stream.ts';

const windowBytes = 1024 * 1024;
/** Objects in a stream are dictionaries, which are short. */
const maxObjectsBytes = 16 * 1024 * 1024;

export const openPdf: Opener = async function* (_file, opening) {
  const pdf = await opening.whole();
  const { note, work } = opening;
  const attachments = new PdfAttachments();
  const objects = new Set<number>();
  for (const { text, at } of windows(pdf, windowBytes)) {
    for (const found of findNames(text)) {
      noteName(found, text, opening);
      if (!isPointer.has(found.name)) continue;
      work.startEntry();
      await work.breathe();
      if (found.name === 'EF') attachments.addSpecification(text, found.at);
      if (found.name === 'EmbeddedFile') attachments.addStream(at + found.at);
      if (found.name === 'ObjStm') objects.add(at + found.at);
    }
    await work.breathe();
  }
  for (const place of objects) {
    await work.breathe();
    await readObjects(findStream(pdf, place), attachments, opening);
  }
  for await (const attachment of attachments.all(pdf, work)) {
    await work.breathe();
    if (attachment?.stream.filters === undefined) {
      note('hidden-structure', 'a file that cannot be unpacked');
      continue;
    }
    const { octets, filters } = attachment.stream;
    yield new InnerFile({ names: attachment.names }, decodeStream(octets, filters), work);
  }
};

/** Each calls for a look somewhere. */
const isPointer: ReadonlySet<PdfName> = new Set(['EF', 'EmbeddedFile', 'ObjStm']);

const notedNames = {
  JavaScript: 'pdf-script',
  // Forms in XML have scripts of their own.
  XFA: 'pdf-script',
  Rendition: 'pdf-script',
  Launch: 'pdf-launch',
  EmbeddedFile: 'pdf-embedded-file',
  EF: 'pdf-embedded-file',
} as const;

function noteName({ name, at }: FoundName, text: string, { note }: Opening): void {
  // No reason to stop: what says so may be a comment, and what is encrypted does not unpack.
  if (name === 'Encrypt' && isReference(text, at)) note('encrypted-document', name);
  if (!isNoted(name)) return;
  // A rendition is a film, too. With a script it has the key JS in the same dictionary.
  if (name === 'Rendition' && !/\/JS\b/.test(text.slice(Math.max(0, at - 500), at + 500))) return;
  note(notedNames[name], name);
}

function isNoted(name: PdfName): name is keyof typeof notedNames {
  return Object.hasOwn(notedNames, name);
}

/** `/Encrypt 12 0 R` or `/Encrypt <<`: only the trailer has it so. */
function isReference(text: string, at: number): boolean {
  return /^\/[^\s<]+\s*(?:\d+\s+\d+\s+R|<<)/.test(text.slice(at, at + 100));
}

async function readObjects(
  stream: PdfStream | undefined,
  attachments: PdfAttachments,
  opening: Opening,
): Promise<void> {
  const { note, work } = opening;
  if (stream?.filters === undefined) {
    note('hidden-structure', 'an object stream with unusual filters');
    return;
  }
  let text = '';
  try {
    for await (const piece of decodeStream(stream.octets, stream.filters)) {
      work.countInflated(piece.length);
      await work.breathe();
      text += piece.toString('latin1');
      if (text.length > maxObjectsBytes) break;
    }
  } catch (error) {
    const stop = work.stopReason(error);
    if (stop !== undefined) throw stop;
    note('hidden-structure', 'an object stream that is damaged');
  }
  if (text.length > maxObjectsBytes) note('hidden-structure', 'an object stream that is too large');
  // s.7.5.7: it begins with numbers, unless there is a filter that was not found.
  if (stream.filters.length === 0 && !/^\s*\d/.test(text)) {
    note('hidden-structure', 'an object stream without a list');
  }
  for (const found of findNames(text)) {
    noteName(found, text, opening);
    if (found.name !== 'EF') continue;
    work.startEntry();
    await work.breathe();
    attachments.addSpecification(text, found.at);
  }
}
