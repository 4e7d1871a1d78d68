// Owns reading and changing a quarantine from outside the program that fills it, as an administrator does.
import { systemClock } from '../../src/base/clock.ts';
import { openQuarantine } from '../../src/stores/open-quarantine.ts';
import { statesWithContent } from '../../src/stores/quarantine-states.ts';
import type { Quarantine } from '../../src/stores/store.ts';

const noLimits = { maxAgeMs: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };

/** Opens it for as long as `use` takes. */
export async function withQuarantine<T>(
  folder: string,
  keyFile: string,
  use: (quarantine: Quarantine) => Promise<T>,
): Promise<T> {
  const { quarantine } = await openQuarantine(
    { folder, keyFile, ...noLimits },
    { clock: systemClock },
  );
  try {
    return await use(quarantine);
  } finally {
    quarantine.close();
  }
}

/** Every original that is there, by id. */
export function readOriginals(folder: string, keyFile: string): Promise<Map<string, Buffer>> {
  return withQuarantine(folder, keyFile, async (quarantine) => {
    const originals = new Map<string, Buffer>();
    for (const { id } of await quarantine.list({ states: statesWithContent })) {
      const pieces: Buffer[] = [];
      for await (const piece of quarantine.read(id)) pieces.push(piece);
      originals.set(id, Buffer.concat(pieces));
    }
    return originals;
  });
}
