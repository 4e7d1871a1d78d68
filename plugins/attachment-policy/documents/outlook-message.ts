// Owns the attachments of a mail that Outlook has saved as a file (MS-OXMSG). Pure.
import type { CompoundEntry, CompoundFile } from './compound-file.ts';

export interface SavedAttachment {
  readonly names: readonly string[];
  readonly content: Buffer;
}

// MS-OXMSG s.2.2.2; MS-OXPROPS: PidTagAttachDataBinary, and the long, the short and the display name.
const attachmentFolder = /^__attach_version1\.0_/i;
const dataStream = /^__substg1\.0_37010102$/i;
const nameStream = /^__substg1\.0_(?:3707|3704|3001)00(1[EF])$/i;
const maxNameBytes = 2048;

export function* attachmentsOf(
  file: CompoundFile,
  maxBytes: number,
): Generator<SavedAttachment, void, void> {
  const names = new Map<string, string[]>();
  const contents = new Map<string, CompoundEntry>();
  for (const entry of file.entries) {
    if (!attachmentFolder.test(entry.folder.at(-1) ?? '')) continue;
    const attachment = entry.folder.join('/');
    const [, charset] = nameStream.exec(entry.name) ?? [];
    if (charset !== undefined) {
      const encoding = charset.toUpperCase() === '1F' ? 'utf16le' : 'latin1';
      const name = file.read(entry, maxNameBytes).toString(encoding);
      const known = names.get(attachment) ?? [];
      known.push(name);
      names.set(attachment, known);
    }
    if (dataStream.test(entry.name)) contents.set(attachment, entry);
  }
  for (const attachment of new Set([...names.keys(), ...contents.keys()])) {
    const entry = contents.get(attachment);
    const content = entry === undefined ? Buffer.alloc(0) : file.read(entry, maxBytes);
    yield { names: [...new Set(names.get(attachment))], content };
  }
}
