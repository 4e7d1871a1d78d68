// Owns what Postern changes in a maildrop at login: originals that were released come back, letters of
// its own are added, hidden messages are left out. Nothing here happens on the upstream.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { DigestConfig } from '../config/schema.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { KeptOriginals } from '../session/deletion.ts';
import type { MaildropChanges } from '../session/maildrop.ts';
import type {
  Letter,
  LetterBox,
  MaildropOwner,
  Quarantine,
  QuarantineEntry,
} from '../stores/store.ts';
import type { CoreMetrics } from '../telemetry/core-metrics.ts';

export interface KeepingServices {
  readonly pipeline: Pipeline;
  readonly quarantine: Quarantine;
  readonly letters: LetterBox;
  readonly digest: DigestConfig;
  readonly metrics: CoreMetrics;
  readonly clock: Clock;
  readonly writeDigest: DigestWriter;
  readonly log: Logger;
}

/** Writes a digest of these originals, latest first. */
export type DigestWriter = (owner: MaildropOwner, entries: readonly QuarantineEntry[]) => Buffer;

export interface Changes extends MaildropChanges {
  readonly keptOriginals: KeptOriginals;
}

/**
 * `uidls` are those of the maildrop: of an account's whole past, only what concerns them is read.
 * Rejects when the store cannot be read: without it, a client could delete the only copy.
 */
export async function readChanges(
  owner: MaildropOwner,
  uidls: readonly string[],
  services: KeepingServices,
): Promise<Changes> {
  const { quarantine, pipeline } = services;
  if (!(await quarantine.concerns(owner))) return noChanges;
  const entries = await quarantine.list({ owner, uidls });
  const back = await quarantine.list({ owner, states: ['released'] });
  const letters = await postedLetters(owner, services);
  return {
    hiddenUidls: new Set(pipeline.mayHide ? entries.filter(isHidden).flatMap(uidlOf) : []),
    keptOriginals: keptOriginals(entries),
    stored: [...back.map(released), ...letters],
  };
}

/** Once its original has expired a message is judged, and kept, anew. */
const noChanges: Changes = { hiddenUidls: new Set(), keptOriginals: new Map(), stored: [] };

function isHidden({ action, state }: QuarantineEntry): boolean {
  return action === 'hide' && state !== 'expired';
}

function uidlOf({ uidl }: QuarantineEntry): string[] {
  return uidl === undefined ? [] : [uidl];
}

/** What was collected or discarded is settled: the copy upstream may go. */
function keptOriginals(entries: readonly QuarantineEntry[]): KeptOriginals {
  const kept = new Map<string, string[]>();
  for (const { id, uidl, state } of entries) {
    if (uidl === undefined || state === 'collected' || state === 'discarded') continue;
    kept.set(uidl, [...(kept.get(uidl) ?? []), id]);
  }
  return kept;
}

type Stored = MaildropChanges['stored'][number];

/** A new UIDL, so that clients fetch it, and always the same, so that they fetch it once. */
function released({ id, octets }: QuarantineEntry): Stored {
  return { source: 'quarantine', id, octets, uidl: `postern-${id}` };
}

function posted({ id, octets }: Letter): Stored {
  return { source: 'letter', id, octets, uidl: `postern-letter-${id}` };
}

async function postedLetters(owner: MaildropOwner, services: KeepingServices): Promise<Stored[]> {
  if (services.digest.isEnabled) {
    // No reason to keep the reader from everything else.
    await postDigest(owner, services).catch((err: unknown) =>
      services.log.error({ user: owner.user, err }, 'a digest could not be posted'),
    );
  }
  return (await services.letters.list(owner)).map(posted);
}

/** A digest tells what has been held since the last one. */
async function postDigest(owner: MaildropOwner, services: KeepingServices): Promise<void> {
  const { letters, quarantine, digest, clock } = services;
  const lastMs = await letters.lastPostedAtMs(owner);
  if (lastMs !== undefined && clock.nowMs() - lastMs < digest.everyMs) return;
  const since = lastMs === undefined ? {} : { storedSinceMs: lastMs };
  const held = await quarantine.list({ owner, states: ['held'], ...since });
  if (held.length === 0) return;
  await letters.post(owner, services.writeDigest(owner, held));
  services.metrics.digestPosted();
}
