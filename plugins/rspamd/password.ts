// Owns reading the password of a controller from its file. It is never printed.
import { readFile } from 'node:fs/promises';

const longestPassword = 1000;

/** The first line. */
export async function readPassword(
  file: string | undefined,
  resolvePath: (path: string) => string,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const [line = ''] = (await readFile(resolvePath(file), 'utf8')).split('\n', 1);
  const password = line.replace(/\r$/, '');
  if (password === '' || password.length > longestPassword || !/^[ -~]+$/.test(password)) {
    throw new Error(`${file} holds no password of printable characters in its first line`);
  }
  return password;
}
