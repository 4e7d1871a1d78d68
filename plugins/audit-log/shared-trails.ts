// Owns the trails that are open in this process. After a reload two instances of the plugin live side
// by side until the last session of the old one has ended, and they have to write one chain: so this,
// unlike all other state of plugins, is not of an instance.
import { Trail, type TrailOptions } from './trail.ts';

interface Shared {
  readonly opening: Promise<Trail>;
  users: number;
  /** Counts those who came, also those who have left. */
  arrivals: number;
  /** Which of them has set the options. */
  inForce: number;
}

const open = new Map<string, Shared>();
/** Trails that nobody uses any more, until they have let go of their files. */
const closing = new Map<string, Promise<void>>();

export interface SharedTrail {
  append(record: string): Promise<void>;
  /** The last user closes it. */
  close(): Promise<void>;
}

/**
 * Two users of one path get the same trail. The options of the second hold from its first record on:
 * before, the configuration that it belongs to may still be refused, and files must not be removed
 * on account of that one.
 */
export async function shareTrail(path: string, options: TrailOptions): Promise<SharedTrail> {
  let shared = open.get(path);
  if (shared === undefined) {
    shared = { opening: reopen(path, options), users: 0, arrivals: 0, inForce: 1 };
    open.set(path, shared);
  }
  const joined = shared;
  joined.users += 1;
  joined.arrivals += 1;
  const arrival = joined.arrivals;
  try {
    const trail = await joined.opening;
    trail.mustHaveKey(options.key);
    const takeOver = (): void => {
      if (arrival <= joined.inForce) return;
      joined.inForce = arrival;
      trail.setOptions(options);
    };
    return faceOf(trail, takeOver, () => leave(path, joined));
  } catch (error) {
    leave(path, joined);
    throw error;
  }
}

async function reopen(path: string, options: TrailOptions): Promise<Trail> {
  await closing.get(path);
  return Trail.open(path, options);
}

function faceOf(
  trail: Trail,
  takeOver: () => void,
  leaveTrail: () => 'used' | 'unused',
): SharedTrail {
  let left: Promise<void> | undefined;
  return {
    append(record) {
      if (left !== undefined) return Promise.reject(new Error('the trail is closed'));
      takeOver();
      return trail.append(record);
    },
    close() {
      left ??= leaveTrail() === 'unused' ? end(trail) : trail.flush();
      return left;
    },
  };
}

function leave(path: string, shared: Shared): 'used' | 'unused' {
  shared.users -= 1;
  if (shared.users > 0) return 'used';
  open.delete(path);
  return 'unused';
}

async function end(trail: Trail): Promise<void> {
  const closed = trail.close();
  const settled = closed.catch(() => {});
  closing.set(trail.path, settled);
  try {
    await closed;
  } finally {
    if (closing.get(trail.path) === settled) closing.delete(trail.path);
  }
}
