// Owns one run of a list of messages through Postern, from a Dovecot in front of a clamd: what a client
// gets of each, and what is kept of it. One large message at a time is in memory.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import { openQuarantine } from '../../../src/stores/open-quarantine.ts';
import { clamdMissing, type RunningClamd, startClamd } from '../clamd.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../dovecot.ts';
import type { Variant } from '../eicar-variants.ts';
import { pythonMissing } from '../files/compressed.ts';
import { readOwnMessage } from '../own-message.ts';
import { type MultilineReply, Pop3Client } from '../pop3-client.ts';
import { type PosternInProcess, startPostern } from '../postern.ts';
import { scanRaw } from '../raw-scan.ts';
import { makeTestCertificates } from '../test-certificates.ts';

export type Outcome =
  /** A notice in its place, and the original in quarantine. `findings` as in X-Postern-Finding. */
  | { readonly kind: 'replaced'; readonly findings: string }
  /** Octet for octet. */
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly detail: string };

export interface FilterResult {
  readonly variant: Variant;
  /** What clamd finds in the message as one stream; undefined when nothing. */
  readonly clamdAlone: string | undefined;
  readonly outcome: Outcome;
}

const password = 'secret';
const eicar = assembleEicar();
// Each has a maildrop of its own; more would only wait for the processor.
const lanes = ['lane-1', 'lane-2', 'lane-3', 'lane-4'] as const;

/** Why the run is not possible here; undefined when it is. */
export function filterRunMissing(): string | undefined {
  return dovecotMissing() ?? clamdMissing() ?? pythonMissing();
}

/** Strict where the defaults leave the choice to the administrator. */
function chain(clamd: RunningClamd): readonly object[] {
  const { socketPath, configFile } = clamd;
  return [
    {
      use: 'clamav',
      timeout: '120s',
      options: { socket: socketPath, clamd_conf: configFile },
    },
    { use: 'mime-ambiguity' },
    // Nothing is to be found by its name, or because it is no virus but the test string. What nobody
    // can look into does not pass.
    {
      use: 'attachment-policy',
      timeout: '120s',
      options: {
        allow: ['com', 'cab', 'iso', 'deb'],
        verdicts: {
          'Eicar-Test-Signature': 'off',
          'encrypted-archive': 'block',
          'archive-unreadable': 'block',
          'hidden-structure': 'block',
        },
      },
    },
  ];
}

/** Results in the order of the messages. */
export async function runFilter(
  variants: readonly Variant[],
  report: (result: FilterResult) => void = () => {},
): Promise<FilterResult[]> {
  const certificates = makeTestCertificates();
  await using clamd = await startClamd();
  const users = lanes.map((name) => ({ name, password }));
  await using dovecot = await startDovecot({ users });
  await using postern = await startPostern({
    upstream: { port: dovecot.pop3Port, tls: 'none' },
    certificates,
    plugins: chain(clamd),
    // Without a reserve for header fields a message that is let through is the same to the octet.
    settings: { sizes: { header_budget: 0 } },
  });
  const stand = { clamd, dovecot, postern };
  const results: FilterResult[] = [];
  const work = async (queue: Iterable<[number, Variant]>, lane: string): Promise<void> => {
    for (const [index, variant] of queue) {
      const result = await runOne(variant, lane, stand);
      results[index] = result;
      report(result);
    }
  };
  const all = [...variants.entries()];
  const small = all.filter(([, { megabytes = 0 }]) => megabytes === 0).values();
  await Promise.all(lanes.map((lane) => work(small, lane)));
  await work(
    all.filter(([, { megabytes = 0 }]) => megabytes > 0),
    lanes[0],
  );
  return results;
}

interface Stand {
  readonly clamd: RunningClamd;
  readonly dovecot: RunningDovecot;
  readonly postern: PosternInProcess;
}

/** In sessions of its own; the maildrop is empty before and after. */
async function runOne(variant: Variant, lane: string, stand: Stand): Promise<FilterResult> {
  const { clamd, dovecot, postern } = stand;
  const given = variant.octets();
  await dovecot.deliver(lane, [given]);
  // The server may write line ends in its own way; large messages have nothing but CRLF.
  const isLarge = (variant.megabytes ?? 0) > 0;
  const original = isLarge ? given : (await retrieve(dovecot.pop3Port, lane, 'keep')).body;
  const clamdAlone = await scanRaw(clamd.socketPath, original);
  const answer = await retrieve(postern.port('none'), lane, 'delete');
  if (answer.body.equals(original)) {
    return { variant, clamdAlone, outcome: { kind: 'delivered' } };
  }
  const outcome = await noticeOutcome(answer, sha256(original), stand);
  return { variant, clamdAlone, outcome };
}

async function retrieve(
  port: number,
  user: string,
  afterwards: 'keep' | 'delete',
): Promise<MultilineReply> {
  const client = await Pop3Client.connect({ port, limitMs: 120_000 });
  await client.login(user, password);
  const reply = await client.multiline('RETR 1');
  if (afterwards === 'delete') await client.command('DELE 1');
  await client.command('QUIT');
  await client.closed;
  return reply;
}

async function noticeOutcome(
  { status, body }: MultilineReply,
  expected: string,
  { clamd, postern }: Stand,
): Promise<Outcome> {
  const failed = (detail: string): Outcome => ({ kind: 'failed', detail });
  if (!status.startsWith('+OK')) return failed(status);
  // Throws unless it is a notice and nothing else: a text and a page, decoded here.
  const { header, text, html } = await readOwnMessage(body);
  const findings = header.get('X-Postern-Finding');
  const id = header.get('X-Postern-Quarantine');
  if (findings === undefined || id === undefined) return failed('no notice');
  if ([text, html, body.toString('latin1')].some((each) => each.includes(eicar))) {
    return failed('the notice holds the test string');
  }
  const found = await scanRaw(clamd.socketPath, body);
  if (found !== undefined) return failed(`clamd finds ${found} in the notice`);
  if ((await keptDigest(postern, id)) !== expected) return failed('the original was not kept');
  return { kind: 'replaced', findings };
}

async function keptDigest(
  { quarantineFolder, folder }: PosternInProcess,
  id: string,
): Promise<string> {
  const noLimits = { maxAgeMs: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };
  const { quarantine } = await openQuarantine(
    { folder: quarantineFolder, keyFile: join(folder, 'state', 'quarantine.key'), ...noLimits },
    { clock: systemClock },
  );
  try {
    const hash = createHash('sha256');
    for await (const piece of quarantine.read(id)) hash.update(piece);
    return hash.digest('hex');
  } finally {
    quarantine.close();
  }
}

function sha256(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
