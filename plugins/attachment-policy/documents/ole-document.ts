// Owns the look into compound files: old Office documents, encrypted new ones, mails of Outlook,
// installers. Which of them it is, is told by the streams in it.
import { InnerFile } from '../examined-file.ts';
import type { Opener, Opening } from '../opener.ts';
import { StopError, type Work } from '../work.ts';
import { readWorkbook } from './biff.ts';
import { type CompoundEntry, CompoundFile } from './compound-file.ts';
import { readNativeObject } from './native-object.ts';
import { attachmentsOf } from './outlook-message.ts';

/** Classes of a Windows Installer package, patch and transform. */
const installerClass = /^8[246]100c0000000000c000000000000046$/;

export const openCompound: Opener = async function* (_file, opening) {
  const file = readCompound(await opening.whole());
  const { note, settle, work } = opening;
  if (installerClass.test(file.rootClass)) {
    settle('msi');
    note('installer', 'a Windows installer');
  }
  noteKind(file, opening);
  noteMacros(file.entries, opening);
  for (const entry of file.entries) {
    if (!isNativeObject(entry)) continue;
    await work.breathe();
    const object = readNativeObject(file.read(entry, work.limits.maxHeldBytes));
    note('embedded-object', object?.names[0] ?? entry.folder.at(-1));
    if (object !== undefined) yield innerFile(object.names, object.content, work);
  }
  for (const { names, content } of attachmentsOf(file, work.limits.maxHeldBytes)) {
    await work.breathe();
    yield innerFile(names, content, work);
  }
};

function readCompound(octets: Buffer): CompoundFile {
  try {
    return new CompoundFile(octets);
  } catch {
    throw new StopError('unreadable-archive', 'it is damaged');
  }
}

function noteKind(file: CompoundFile, { note, settle }: Opening): void {
  for (const entry of file.entries) {
    if (entry.kind !== 'stream' || entry.folder.length > 0) continue;
    switch (entry.name.toLowerCase()) {
      case 'encryptedpackage':
        // MS-OFFCRYPTO s.2.3.1: the whole of a new document lies in this stream.
        note('encrypted-document', 'EncryptedPackage');
        break;
      case 'worddocument': {
        settle('doc');
        const [, fEncrypted = 0] = file.read(entry, 12).subarray(10);
        // MS-DOC s.2.5.2: bit A of FibBase.
        if ((fEncrypted & 1) !== 0) note('encrypted-document', entry.name);
        break;
      }
      case 'workbook':
      case 'book': {
        settle('xls');
        const workbook = readWorkbook(file.read(entry, maxGlobalsBytes));
        if (workbook.isEncrypted) note('encrypted-document', entry.name);
        if (workbook.macroSheet !== undefined) note('macro', `macro sheet ${workbook.macroSheet}`);
        break;
      }
      case 'powerpoint document':
        settle('ppt');
        break;
    }
  }
}

/** The list of sheets stands at the start of a workbook, behind fonts and formats. */
const maxGlobalsBytes = 4 * 1024 * 1024;

function noteMacros(entries: readonly CompoundEntry[], { note }: Opening): void {
  // MS-OVBA s.2.2.1: the project is a storage VBA with these streams, under any name above it.
  const project = entries.find(
    ({ name, kind, folder }) =>
      /^_vba_project$/i.test(name) ||
      (kind === 'storage' && /^_vba_project_cur$/i.test(name)) ||
      (kind === 'stream' && /^dir$/i.test(name) && /^vba$/i.test(folder.at(-1) ?? '')),
  );
  if (project !== undefined) note('macro', project.name);
}

function isNativeObject({ name, kind }: CompoundEntry): boolean {
  return kind === 'stream' && name.toLowerCase() === '\x01ole10native';
}

function innerFile(names: readonly string[], content: Buffer, work: Work): InnerFile {
  work.startEntry();
  return new InnerFile({ names, claimedOctets: content.length }, pieces(content), work);
}

async function* pieces(content: Buffer): AsyncGenerator<Buffer, void, void> {
  yield content;
}
