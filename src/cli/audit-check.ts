// Owns the verification of one audit trail from its files, and how the result reads.
import { readFile } from 'node:fs/promises';
import { type ChainHead, headPathOf, readHead } from '../base/chain-head.ts';
import { ChainVerifier, type Flaw, type Place } from '../base/chain-verifier.ts';
import { type ChainKey, readLink } from '../base/hash-chain.ts';
import { type AuditFile, orderFiles } from './audit-files.ts';

export interface AuditCheck {
  readonly files: readonly AuditFile[];
  readonly key: ChainKey | undefined;
  readonly head: HeadFound;
  readonly extent: 'whole' | 'part';
  print(line: string): void;
}

export type HeadFound =
  | { readonly kind: 'found'; readonly head: ChainHead }
  /** There is none, but there should be. */
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'foreign'; readonly path: string }
  /** Nobody said where one might be. */
  | { readonly kind: 'unknown' };

/** The checkpoint of a file of the trail. */
export async function findHead(file: string, key: ChainKey | undefined): Promise<HeadFound> {
  const path = headPathOf(file);
  const content = await readFile(path).catch(() => undefined);
  const reading = content === undefined ? undefined : readHead(content, key);
  switch (reading?.kind) {
    case 'ok':
      return { kind: 'found', head: reading.head };
    case 'foreign':
      return { kind: 'foreign', path };
    default:
      return { kind: 'missing', path };
  }
}

/** Whether the trail is whole. Prints what each file holds, and the first thing that is wrong. */
export async function checkTrail(check: AuditCheck): Promise<boolean> {
  const { head, extent, print } = check;
  const headFlaw = flawOfHead(head);
  const verifier = new ChainVerifier({
    key: check.key,
    head: extent === 'whole' && head.kind === 'found' ? head.head : undefined,
    extent,
  });
  const { inOrder, strange } = await orderFiles(check.files);
  for (const { name } of strange) print(`${name}: no line of a trail`);
  for (const file of inOrder) {
    const summary = await readInto(verifier, file);
    if (verifier.isSoundSoFar) print(`${file.name}: ok, ${summary}`);
    if (verifier.isDecided) break;
  }
  const flaw = verifier.end();
  for (const { at, text } of verifier.remarks) print(`note: ${at ? `${shown(at)}: ` : ''}${text}`);
  if (flaw !== undefined) print(describe(flaw));
  if (flaw === undefined && headFlaw !== undefined) print(headFlaw);
  if (flaw !== undefined || headFlaw !== undefined) return false;
  if (inOrder.length === 0 && strange.length > 0) {
    print('none of these files has a line of a trail');
    return false;
  }
  print(conclusion(verifier, check));
  // A key is there to prove that nothing was taken away; here that cannot be proved.
  return check.key === undefined || verifier.lostCheckpoints === 0;
}

async function readInto(verifier: ChainVerifier, file: AuditFile): Promise<string> {
  verifier.startFile();
  let line = 0;
  let first: Buffer | undefined;
  let last: Buffer | undefined;
  for await (const each of file.lines()) {
    line += 1;
    verifier.push(each, { file: file.name, line });
    if (verifier.isDecided) break;
    if (readLink(each.octets) === undefined) continue;
    first ??= each.octets;
    last = each.octets;
  }
  const times = [first, last].map((octets) => timeOf(octets) ?? 'unknown');
  return `${line} lines from ${times.join(' to ')}`;
}

function flawOfHead(head: HeadFound): string | undefined {
  switch (head.kind) {
    case 'missing':
      return `${head.path}: missing: without this checkpoint lines may be missing at the end`;
    case 'foreign':
      return `${head.path}: edited: this checkpoint was changed, or made with another key`;
    default:
      return undefined;
  }
}

function conclusion(
  { last, lostCheckpoints }: ChainVerifier,
  { head, extent }: AuditCheck,
): string {
  if (last === undefined) return 'the trail has no line yet';
  if (extent === 'part') return `ok as a part of a trail, up to line ${last.seq}`;
  if (lostCheckpoints > 0) {
    return `nothing is wrong up to line ${last.seq}, but lines may be missing where the notes say so`;
  }
  const isEndKnown = head.kind === 'found';
  return isEndKnown
    ? `whole, up to line ${last.seq}`
    : `whole up to line ${last.seq}; without a checkpoint lines may be missing behind it`;
}

function describe({ kind, at, text }: Flaw): string {
  return at === undefined ? `${kind}: ${text}` : `${shown(at)}: ${kind}: ${text}`;
}

function shown({ file, line }: Place): string {
  return `${file}:${line}`;
}

function timeOf(octets: Buffer | undefined): string | undefined {
  if (octets === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(octets.toString());
    const hasTime = typeof record === 'object' && record !== null && 'time' in record;
    return hasTime && typeof record.time === 'string' && timePattern.test(record.time)
      ? record.time
      : undefined;
  } catch {
    return undefined;
  }
}

// Whatever stands there goes to a terminal.
const timePattern = /^[0-9TZ:.+-]{10,30}$/;
