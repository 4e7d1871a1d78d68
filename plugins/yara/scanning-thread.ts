// Owns the thread in which rules run: it may take all the time that rules and messages make it take, and is
// ended by its near end. Answers one content at a time; whatever goes wrong is said, never passed over.
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Compiler, RuleMatch, Rules, Scanner } from '@virustotal/yara-x';
import { toComplaint } from './complaint.ts';
import { withMemoryLimit } from './memory-limit.ts';
import type { Match, ScanningAnswer, ScanningTask } from './scanning.ts';

// Every place where a pattern matches becomes an object: without a limit a message of one letter would
// take minutes. Conditions that count see no more than this.
const maxMatchesPerPattern = 1000;
const mostMatches = 1000;
const mostWarnings = 20;

async function loadLibrary(maxMemoryBytes: number) {
  const library = await import('@virustotal/yara-x').catch((cause: unknown) => {
    throw new Error('the npm package @virustotal/yara-x is missing or broken', { cause });
  });
  // Its own loading fetches the module from an address, which Node does not do for files.
  const place = new URL('yara_x_js_bg.wasm', import.meta.resolve('@virustotal/yara-x'));
  library.initSync({ module: withMemoryLimit(await readFile(place), maxMemoryBytes) });
  return library;
}

function compile(
  compiler: Compiler,
  { sources }: ScanningTask,
): Extract<ScanningAnswer, { readonly kind: 'ready' | 'refused' }> {
  const warnings = [];
  for (const { file, text } of sources) {
    const known = compiler.warnings.length;
    try {
      compiler.newNamespace(file);
      compiler.addSource(text);
    } catch (error) {
      return { kind: 'refused', complaint: toComplaint(file, textOf(error)) };
    }
    if (warnings.length >= mostWarnings) continue;
    for (const warning of compiler.warnings.slice(known)) warnings.push(toComplaint(file, warning));
  }
  return { kind: 'ready', warnings: warnings.slice(0, mostWarnings) };
}

function scannerOf(rules: Rules): Scanner {
  const scanner = rules.scanner();
  scanner.setMaxMatchesPerPattern(maxMatchesPerPattern);
  return scanner;
}

function scan(scanner: Scanner, content: Uint8Array): ScanningAnswer {
  const { valid, errors, matches } = scanner.scan(content);
  if (!valid) return { kind: 'failed', reason: errors.join('; ') || 'the scan was given up' };
  const shown = matches.filter(({ isPrivate }) => !isPrivate);
  const told = shown.slice(0, mostMatches).map(toMatch);
  return { kind: 'scanned', matches: told, untold: shown.length - told.length };
}

function toMatch({ identifier, namespace, metadata, tags }: RuleMatch): Match {
  const meta = metadata.find((each) => each.identifier === 'postern')?.value;
  return {
    rule: identifier,
    file: namespace,
    meta: meta === undefined ? undefined : String(meta),
    tags,
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function run(task: ScanningTask): Promise<void> {
  const say = (answer: ScanningAnswer): void => parentPort?.postMessage(answer);
  const { Compiler } = await loadLibrary(task.maxMemoryBytes);
  const compiler = new Compiler();
  const compiled = compile(compiler, task);
  if (compiled.kind === 'refused') {
    say(compiled);
    return;
  }
  const scanner = scannerOf(compiler.build());
  compiler.free();
  parentPort?.on('message', (content: Uint8Array) => {
    // After a trap the memory of the library is in no known state: the thread ends with the error.
    say(scan(scanner, content));
  });
  say(compiled);
}

await run(workerData as ScanningTask);
