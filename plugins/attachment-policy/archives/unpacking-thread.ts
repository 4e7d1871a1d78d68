// Owns the thread that unpacks one archive by a library that is not to be trusted with the memory and
// the time of the proxy. Answers questions of archives/foreign.ts, and is ended by it.
import { parentPort, workerData } from 'node:worker_threads';
import { LibraryArchive, type LibraryEntry, loadLibrary } from './libarchive.ts';
import { SingleFile } from './single-file.ts';
import type { UnpackingAnswer, UnpackingQuestion, UnpackingTask } from './unpacking.ts';

const pieceBytes = 64 * 1024;
const pageBytes = 64 * 1024;

/** Not among the types of Node. */
declare const WebAssembly: {
  readonly Memory: {
    readonly prototype: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  };
};

/** The library grows its memory by nothing else, and takes a refusal for "out of memory". */
function limitMemory(maxBytes: number): void {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * pageBytes > maxBytes)
      throw new RangeError('out of memory');
    return grow.call(this, pages);
  };
}

function toAnswer(entry: LibraryEntry): UnpackingAnswer {
  return { kind: 'entry', ...entry };
}

async function run(task: UnpackingTask): Promise<void> {
  limitMemory(task.maxMemoryBytes);
  const library = await loadLibrary();
  const archive =
    task.mode === 'archive'
      ? new LibraryArchive(library, task.octets, pieceBytes)
      : new SingleFile(library, task.octets, pieceBytes);
  const answer = (question: UnpackingQuestion): UnpackingAnswer => {
    if (question === 'read') return archive.read();
    const entry = archive.next();
    return 'kind' in entry ? entry : toAnswer(entry);
  };
  parentPort?.on('message', (question: UnpackingQuestion) => {
    parentPort?.postMessage(answer(question));
  });
}

await run(workerData as UnpackingTask);
