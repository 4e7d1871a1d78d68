// Owns folders of rules for tests, and whether the library is there.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '../../helpers/process.ts';

/** Why the library cannot be used here; undefined when it can. */
export function yaraMissing(): string | undefined {
  try {
    import.meta.resolve('@virustotal/yara-x');
    return undefined;
  } catch {
    return 'the npm package @virustotal/yara-x is not installed';
  }
}

/** Files of rules by name. */
export async function ruleFolder(
  files: Readonly<Record<string, string>>,
): Promise<TemporaryFolder> {
  const folder = await temporaryFolder('yara');
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  return folder;
}
