// Owns saving the content of a large part into a folder, whole or not at all.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MessagePart } from '#plugin-api';

/** The name in the folder; undefined when the part is small. */
export async function saveLarge(
  part: MessagePart,
  folder: string,
  minBytes: number,
): Promise<string | undefined> {
  const content = part.content()[Symbol.asyncIterator]();
  const start: Buffer[] = [];
  for (let octets = 0; octets < minBytes; ) {
    const { value, done } = await content.next();
    if (done) return undefined;
    start.push(value);
    octets += value.length;
  }
  const hash = createHash('sha256');
  async function* hashed(): AsyncGenerator<Buffer, void, void> {
    for await (const piece of joined(start, content)) {
      hash.update(piece);
      yield piece;
    }
  }
  const scratch = await mkdtemp(join(folder, '.arriving-'));
  try {
    await pipeline(hashed, createWriteStream(join(scratch, 'file'), { mode: 0o640 }));
    // Nobody can guess it who does not have the file, and fetching the message again gives it again.
    const name = `${hash.digest('hex').slice(0, 40)}-${safeName(part.fileNames[0] ?? '')}`;
    await rename(join(scratch, 'file'), join(folder, name));
    return name;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function* joined(
  start: readonly Buffer[],
  rest: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, void> {
  yield* start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function safeName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .slice(-80);
}
