// Owns the look into archives of many formats by way of a thread: 7z, RAR, CAB, ISO 9660, LHA, cpio,
// ar, and files compressed with bzip2 and xz. A thread that dies makes the archive unreadable.
import { InnerFile } from '../examined-file.ts';
import type { Opener, Opening } from '../opener.ts';
import { StopError } from '../work.ts';
import { innerNames } from './compressed.ts';
import type { UnpackingAnswer, UnpackingProblem } from './unpacking.ts';
import { UnpackingThread } from './unpacking-thread-handle.ts';

export const openForeign: Opener = async function* (_file, opening) {
  const octets = await opening.whole();
  const { work, note } = opening;
  await using thread = new UnpackingThread({ octets, mode: 'archive' }, work.signal);
  let claimedOctets = 0;
  let isEmpty = true;
  for (;;) {
    const answer = await ask(thread, opening);
    if (answer.kind === 'end') {
      if (answer.problem !== undefined) noteProblem(answer.problem, opening);
      // The library takes some damage for the end.
      else if (isEmpty) note('unreadable-archive', 'nothing in it can be seen');
      return;
    }
    isEmpty = false;
    if (answer.kind === 'data' || answer.isFolder) continue;
    work.startEntry();
    claimedOctets += answer.octets;
    work.checkRatio(claimedOctets, octets.length);
    if (answer.isEncrypted) note('encrypted-archive', 'a file in it is encrypted');
    if (answer.name === undefined) note('unreadable-archive', 'a name in it cannot be read');
    const names = answer.name === undefined ? [] : [answer.name];
    const content = answer.isEncrypted ? nothing() : contentOf(thread, opening);
    yield new InnerFile({ names, claimedOctets: answer.octets }, content, work);
  }
};

export const openBzip2AndXz: Opener = async function* (file, opening) {
  const octets = await opening.whole();
  await using thread = new UnpackingThread({ octets, mode: 'stream' }, opening.work.signal);
  await ask(thread, opening);
  const content = contentOf(thread, opening);
  const names = innerNames(file.names);
  yield new InnerFile({ names, extent: 'unknown' }, content, opening.work);
};

async function ask(thread: UnpackingThread, { work }: Opening): Promise<UnpackingAnswer> {
  try {
    return await thread.ask('next');
  } catch (error) {
    throw work.stopReason(error) ?? new StopError('unreadable-archive', 'it cannot be unpacked');
  }
}

async function* contentOf(
  thread: UnpackingThread,
  opening: Opening,
): AsyncGenerator<Buffer, void, void> {
  for (;;) {
    const answer = await thread.ask('read');
    if (answer.kind === 'end' && answer.problem !== undefined) noteProblem(answer.problem, opening);
    if (answer.kind !== 'data') return;
    const { buffer, byteOffset, byteLength } = answer.octets;
    yield Buffer.from(buffer, byteOffset, byteLength);
  }
}

async function* nothing(): AsyncGenerator<Buffer, void, void> {}

function noteProblem({ kind, reason }: UnpackingProblem, { note }: Opening): void {
  if (kind === 'encrypted') note('encrypted-archive', 'it is encrypted');
  else note('unreadable-archive', reason === '' ? 'it is damaged' : `it is damaged (${reason})`);
}
