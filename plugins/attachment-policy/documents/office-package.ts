// Owns what a zip archive is by the names in it: Office and OpenDocument files, programs for Java and
// Android, installers. Traits that only the whole has are noted here.

import { inflate, type ZipEntry } from '../archives/zip-directory.ts';
import { readWhole } from '../examined-file.ts';
import type { Opening } from '../opener.ts';
import { startOfText } from '../types/start-of-text.ts';
import { findExternalContent } from './external-content.ts';
import { unescapeReferences } from './markup-text.ts';

/** Parts that say how others belong together are small, even in large documents. */
const maxPartBytes = 2 * 1024 * 1024;
const maxRelationships = 500;

interface NamedEntry {
  readonly name: string;
  readonly entry: ZipEntry;
}

/** What the archive is; gives the entries that are no files of their own. */
export async function readPackage(
  entries: readonly ZipEntry[],
  opening: Opening,
): Promise<ReadonlySet<ZipEntry>> {
  // Office finds parts without regard to case (ECMA-376 part 2 s.6.2.2.3).
  const named = entries.flatMap((entry) =>
    entry.names.map((name) => ({ name: name.replaceAll('\\', '/').toLowerCase(), entry })),
  );
  const has = (name: string | RegExp): boolean =>
    named.some((each) => (typeof name === 'string' ? each.name === name : name.test(each.name)));

  if (has('[content_types].xml')) return await readOfficePackage(named, has, opening);
  if (has('androidmanifest.xml') && has('classes.dex')) {
    opening.settle('apk');
    opening.note('executable', 'an Android program');
  } else if (has('meta-inf/manifest.mf') && has(/\.class$/)) {
    opening.settle('jar');
    opening.note('executable', 'a Java program');
  } else if (has('meta-inf/manifest.xml') && has('content.xml')) {
    opening.settle('odf');
    // The libraries of every document have these two lists, which may be empty.
    const isModule = /^(?:basic|scripts)\/(?!.*\b(?:script|dialog)-l[bc]\.xml$).+[^/]$/;
    const module = named.find(({ name }) => isModule.test(name));
    if (module !== undefined) opening.note('macro', module.entry.names[0]);
  }
  return new Set();
}

async function readOfficePackage(
  named: readonly NamedEntry[],
  has: (name: string | RegExp) => boolean,
  opening: Opening,
): Promise<ReadonlySet<ZipEntry>> {
  const { note, settle } = opening;
  if (has('appxmanifest.xml') || has('appxmetadata/appxbundlemanifest.xml')) {
    settle('msix');
    note('installer', 'a Windows app package');
    return new Set();
  }
  if (has(/^word\//)) settle('docx');
  else if (has(/^xl\//)) settle('xlsx');
  else if (has(/^ppt\//)) settle('pptx');
  else if (has(/^visio\//)) settle('vsdx');

  let types = '';
  // Of several, programs take different ones.
  for (const each of named) {
    if (each.name === '[content_types].xml')
      types += unescapeReferences(await readText(each, opening));
  }
  const declared = declaredMacroParts(types);
  const macros = named.filter(({ name }) => macroPart.test(name) || declared.has(`/${name}`));
  const [macro] = macros;
  if (macro !== undefined) note('macro', lastName(macro.entry));
  else if (/macroenabled|ms-office\.vbaproject/i.test(types)) note('macro', 'declared macros');

  const object = named.find(({ name }) => /\/embeddings\/[^/]+\.bin$/.test(name));
  if (object !== undefined) note('embedded-object', lastName(object.entry));

  const relationships = named.filter(({ name }) => name.endsWith('.rels'));
  if (relationships.length > maxRelationships) note('hidden-structure', 'too many relationships');
  for (const each of relationships.slice(0, maxRelationships)) {
    const target = findExternalContent(await readText(each, opening));
    if (target !== undefined) note('external-template', target);
  }
  return new Set(macros.map(({ entry }) => entry));
}

const macroPart = /(?:^|\/)vbaproject\.bin$|^xl\/(?:intl)?macrosheets\//;

/** A project may have any name: only the list of types tells. */
function declaredMacroParts(contentTypes: string): ReadonlySet<string> {
  const parts = new Set<string>();
  for (const element of contentTypes.toLowerCase().split('<')) {
    if (!/vbaproject|macrosheet/.test(element)) continue;
    const [, name] = /\spartname\s*=\s*["']([^"']*)/.exec(element) ?? [];
    if (name !== undefined) parts.add(name);
  }
  return parts;
}

function lastName({ names }: ZipEntry): string {
  return names[0]?.split(/[\\/]/).at(-1) ?? '';
}

async function readText(part: NamedEntry, { work, note }: Opening): Promise<string> {
  const { data } = part.entry;
  if (!('octets' in data)) return '';
  try {
    const octets = await readWhole(counted(inflate(data)), maxPartBytes);
    if (octets !== undefined) return textOf(octets);
    note('hidden-structure', `${part.name} is too large to be read`);
  } catch (error) {
    const stop = work.stopReason(error);
    if (stop !== undefined) throw stop;
    note('hidden-structure', `${part.name} cannot be read`);
  }
  return '';

  async function* counted(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
    for await (const piece of pieces) {
      work.countInflated(piece.length);
      yield piece;
    }
  }
}

/** XML is UTF-8 here, or UTF-16, with a mark or without. */
function textOf(octets: Buffer): string {
  const start = octets.subarray(0, 4);
  const isWide = start.includes(0) || start.includes(0xff) || start.includes(0xfe);
  return isWide ? startOfText(octets) : octets.toString('utf8');
}
