// Owns the look into zip archives, within limits. Files in them are judged like those of the message.
import { type ArchiveKind, findArchive } from './archive-magic.ts';
import { describeEntry, type Finding } from './finding.ts';
import { type FileJudge, headBytes } from './judge.ts';
import type { ArchiveWork } from './limits.ts';
import { inflate, readZip, type ZipContent, type ZipEntry, ZipError } from './zip-archive.ts';

/** A finding anywhere in the archive outweighs that something else in it could not be read. */
export type ArchiveResult =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly finding: Finding }
  | { readonly kind: 'unreadable'; readonly reason: string };

const clean: ArchiveResult = { kind: 'clean' };

export class ArchiveInspection {
  readonly #judge: FileJudge;
  readonly #work: ArchiveWork;

  constructor(judge: FileJudge, work: ArchiveWork) {
    this.#judge = judge;
    this.#work = work;
  }

  /** `subject` is what the archive is called in a sentence. */
  async inspect(archive: Buffer, subject: string, depth = 1): Promise<ArchiveResult> {
    let result = clean;
    try {
      for await (const entry of readZip(archive)) {
        const obstacle = this.#work.startEntry();
        if (obstacle !== undefined) return unreadable(obstacle);
        const inner = await this.#inspectEntry(entry, subject, depth);
        if (inner.kind === 'found') return inner;
        if (result.kind === 'clean') result = inner;
      }
    } catch (error) {
      this.#work.signal.throwIfAborted();
      return unreadable(error instanceof ZipError ? error.message : 'it is damaged');
    }
    return result;
  }

  async #inspectEntry(entry: ZipEntry, archive: string, depth: number): Promise<ArchiveResult> {
    const { names, data } = entry;
    const describe = (name: string): string => describeEntry(name, archive);
    const byName = this.#judge.judgeNames(names, describe);
    if (byName !== undefined) return { kind: 'found', finding: byName };
    if (data.kind === 'unreadable') return unreadable(data.reason);

    const subject = describe(names[0] ?? '');
    const { head, isDamaged } = await this.#readHead(data);
    const byContent = this.#judge.judgeHead(head, subject);
    if (byContent !== undefined) return { kind: 'found', finding: byContent };
    if (isDamaged) return unreadable('a file in it is damaged');
    const inner = findArchive(head, { names });
    return inner === undefined ? clean : await this.#inspectInner(inner, data, subject, depth);
  }

  async #inspectInner(
    inner: ArchiveKind,
    data: ZipContent,
    subject: string,
    depth: number,
  ): Promise<ArchiveResult> {
    if (inner.kind === 'closed') return unreadable(`it holds a ${inner.format} archive`);
    const { limits, remainingBytes } = this.#work;
    if (depth >= limits.maxDepth) return unreadable('it holds archives in archives');
    const maxBytes = Math.min(
      limits.maxArchiveBytes,
      Math.max(0, remainingBytes),
      limits.maxRatio * data.octets.length,
    );
    const octets = await readWhole(inflate(data), maxBytes);
    this.#work.countInflated(octets?.length ?? maxBytes);
    if (octets === undefined) return unreadable('an archive in it unpacks to too much');
    return await this.inspect(octets, subject, depth + 1);
  }

  async #readHead(
    data: ZipContent,
  ): Promise<{ readonly head: Buffer; readonly isDamaged: boolean }> {
    const pieces: Buffer[] = [];
    let octets = 0;
    let isDamaged = false;
    try {
      for await (const piece of inflate(data)) {
        // Of a stored file the octets are there already, so that only what is kept counts.
        const kept = piece.subarray(0, headBytes - octets);
        pieces.push(kept);
        octets += kept.length;
        this.#work.countInflated(data.kind === 'stored' ? kept.length : piece.length);
        if (octets >= headBytes) break;
      }
    } catch {
      isDamaged = true;
    }
    return { head: Buffer.concat(pieces), isDamaged };
  }
}

/** Undefined when it is longer than that. */
export async function readWhole(
  content: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  // In one piece from the start: pages that are never written to take no memory.
  const whole = Buffer.allocUnsafeSlow(maxBytes);
  let octets = 0;
  for await (const piece of content) {
    if (octets + piece.length > maxBytes) return undefined;
    octets += piece.copy(whole, octets);
  }
  return whole.subarray(0, octets);
}

function unreadable(reason: string): ArchiveResult {
  return { kind: 'unreadable', reason };
}
