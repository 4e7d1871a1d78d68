// Owns which mail is measured: the labelled collection that lies beside the project, or, where there is
// none, made-up mail. Nothing of the collection is ever written into the project.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, run, temporaryFolder } from '../../test/helpers/process.ts';
import { inventCollection } from './invented/invent.ts';
import type { Collection, Label, Mail } from './mail.ts';

const archive = fileURLToPath(new URL('../../../shared/corpus/spam-dev.tar.xz', import.meta.url));

/** Why the collection of real mail cannot be used here; undefined when it can. */
export function collectionMissing(): string | undefined {
  if (!existsSync(archive))
    return 'the collection of labelled mail does not lie beside the project';
  if (findProgram('tar') === undefined || findProgram('xz') === undefined) {
    return 'tar and xz are needed to unpack the collection of labelled mail';
  }
  return undefined;
}

/** The real mail if it is to be had, else made-up mail; `say` is told which. */
export async function openCollection(say: (text: string) => void): Promise<Collection> {
  const missing = collectionMissing();
  if (missing === undefined) return readCollection();
  say(`${missing}: made-up mail instead, whose figures mean nothing`);
  return inventCollection();
}

export async function readCollection(): Promise<Collection> {
  await using folder = await temporaryFolder('spam');
  const { code, stderr } = await run('tar', ['-xJf', archive, '-C', folder.path]);
  if (code !== 0) throw new Error(`the collection could not be unpacked: ${stderr}`);
  const entries = readIndex(await readFile(join(folder.path, 'index.tsv'), 'utf8'));
  const mails: Mail[] = [];
  for (const entry of entries) {
    mails.push({ ...entry, octets: await readFile(join(folder.path, entry.path)) });
  }
  return { name: 'spam-dev', mails };
}

/** The rows of `index.tsv`: path, label, source, origin. */
export function readIndex(
  text: string,
): { readonly path: string; readonly label: Label; readonly source: string }[] {
  const [, ...lines] = text.trimEnd().split('\n');
  return lines.map((line) => {
    const [path, label, source] = line.split('\t');
    if (path === undefined || source === undefined || (label !== 'ham' && label !== 'spam')) {
      throw new Error(`unexpected line in the index of the collection: ${line}`);
    }
    return { path, label, source };
  });
}
