// Owns the course of the demo: sample mailbox, proxy, client, verdict on the result. How a proxy is
// started is told by the caller, who alone knows the whole program.
import { randomBytes } from 'node:crypto';
import { type ClamdAddress, showClamdAddress } from './clamd-probe.ts';
import {
  createCertificates,
  type DemoCertificates,
  type DemoPaths,
  demoPaths,
  listenerName,
  writeSetup,
} from './demo-folder.ts';
import { readTraces } from './demo-traces.ts';
import { downloadSamples } from './download.ts';
import { createProgress, type TextSink } from './progress.ts';
import { formatSummary, formatTable, type ReportRow } from './report.ts';
import type { SampleMessage } from './sample-message.ts';
import { type RunningSampleServer, startSampleServer } from './sample-server.ts';
import type { SampleAccount } from './sample-session.ts';
import { type Delivery, findProblems, type Traces } from './verification.ts';

export interface DemoListener {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

export interface DemoProxy {
  readonly listeners: readonly DemoListener[];
  stop(): Promise<void>;
}

export interface DemoOptions {
  /** An empty folder that the demo fills and leaves behind. */
  readonly folder: string;
  readonly samples: readonly SampleMessage[];
  readonly output: TextSink;
  readonly progressOutput: TextSink;
  startProxy(paths: DemoPaths): Promise<DemoProxy>;
  findClamd(): Promise<ClamdAddress | undefined>;
}

export type DemoResult = 'asExpected' | 'notAsExpected';

export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { folder, samples, output } = options;
  const progress = createProgress(options.progressOutput);
  const paths = demoPaths(folder);
  const account = { user: 'reader', password: randomBytes(18).toString('base64url') };

  progress.begin('looking for a clamd on this machine');
  const clamd = await options.findClamd();
  progress.begin('starting the sample mailbox and the proxy');
  const certificates = await createCertificates();
  const server = await startMailbox(samples, account, certificates);
  let deliveries: Delivery[];
  try {
    await writeSetup(folder, { certificates, upstream: server, clamd });
    const proxy = await options.startProxy(paths);
    try {
      const listener = findListener(proxy);
      deliveries = await downloadSamples({ samples, listener, account, certificates, progress });
    } finally {
      await proxy.stop();
    }
  } finally {
    progress.end();
    await server.stop();
  }

  const traces = await readTraces(paths, account.password);
  const problems = [
    ...traces.problems,
    ...connectionProblems(server),
    ...deliveries.flatMap((delivery) =>
      findProblems(delivery, traces).map((problem) => `${delivery.sample.name}: ${problem}`),
    ),
  ];
  const actions = deliveries.map(({ sample }) => traces.audit.get(sample.name)?.action);
  const summary = formatSummary({
    ...paths,
    replacedCount: actions.filter((action) => action === 'replace').length,
    deliveredCount: actions.filter((action) => action === 'pass' || action === 'tag').length,
    clamd: clamd === undefined ? undefined : showClamdAddress(clamd),
    problems,
  });
  output.write(`${formatTable(deliveries.map((delivery) => row(delivery, traces)))}\n${summary}`);
  return problems.length === 0 ? 'asExpected' : 'notAsExpected';
}

function row(delivery: Delivery, { audit }: Traces): ReportRow {
  const { sample, listedOctets, outcome, durationMs } = delivery;
  const entry = audit.get(sample.name);
  return {
    message: sample.name,
    description: sample.description,
    listedOctets,
    sentOctets: outcome.kind === 'received' ? outcome.message.octets : undefined,
    verdict: entry?.verdict ?? '?',
    action: entry?.action ?? '?',
    durationMs,
  };
}

function findListener({ listeners }: DemoProxy): DemoListener {
  const listener = listeners.find(({ name }) => name === listenerName);
  if (listener === undefined) throw new TypeError(`no listener ${listenerName}`);
  return listener;
}

function startMailbox(
  samples: readonly SampleMessage[],
  account: SampleAccount,
  { upstream }: DemoCertificates,
): Promise<RunningSampleServer> {
  return startSampleServer({
    messages: samples.map(({ name, content }) => ({ uidl: name, content })),
    account,
    transport: { kind: 'implicit', certificate: upstream },
  });
}

function connectionProblems({ connections }: RunningSampleServer): string[] {
  const problems: string[] = [];
  if (!connections.every(({ isEncrypted }) => isEncrypted)) {
    problems.push('the proxy spoke to the mailbox without TLS');
  }
  if (!connections.some(({ ending }) => ending === 'quit')) {
    problems.push('the proxy did not end its session with the mailbox by QUIT');
  }
  return problems;
}
