// Owns the demo's round through the maildrop: every sample once, one after the other. It judges
// nothing.
import { AppError } from '../base/errors.ts';
import { type DemoCertificates, serverName } from './demo-folder.ts';
import type { Progress } from './progress.ts';
import { connectSampleClient, type SampleClient } from './sample-client.ts';
import type { SampleMessage } from './sample-message.ts';
import type { SampleAccount } from './sample-session.ts';
import type { Delivery, Outcome } from './verification.ts';

export interface Download {
  readonly samples: readonly SampleMessage[];
  readonly listener: { readonly address: string; readonly port: number };
  readonly account: SampleAccount;
  readonly certificates: DemoCertificates;
  readonly progress: Progress;
}

// A slow machine may take its time for a large message; a proxy that hangs should still be noticed.
const clientSilenceMs = 120_000;

/** Throws when there is no session; what goes wrong with a message is an outcome. */
export async function downloadSamples(about: Download): Promise<Delivery[]> {
  const client = await connectSampleClient({
    address: about.listener.address,
    port: about.listener.port,
    security: 'implicit',
    caPem: about.certificates.listener.certPem,
    serverName,
    silenceMs: clientSilenceMs,
  });
  try {
    await client.login(about.account);
    const deliveries = await fetchAll(client, about);
    if (deliveries.every(({ outcome }) => outcome.kind !== 'broken')) await client.quit();
    return deliveries;
  } finally {
    client.close();
  }
}

async function fetchAll(client: SampleClient, about: Download): Promise<Delivery[]> {
  const { samples, progress } = about;
  const listing = await client.list();
  const deliveries: Delivery[] = [];
  for (const [index, sample] of samples.entries()) {
    const listed = listing.find(({ uidl }) => uidl === sample.name);
    if (listed === undefined) {
      const outcome: Outcome = { kind: 'refused', reason: 'the proxy does not list it' };
      deliveries.push({ sample, listedOctets: undefined, outcome, durationMs: 0 });
      continue;
    }
    const step = `${index + 1}/${samples.length} ${sample.name}: ${sample.description}`;
    progress.begin(step);
    const startMs = performance.now();
    const outcome = await fetchOne(client, listed.number, (octets) => {
      // The proxy may add header fields to what it listed.
      const percent = Math.min(100, Math.floor((octets * 100) / Math.max(listed.octets, 1)));
      progress.update(`${step}, ${percent}%`);
    });
    const durationMs = performance.now() - startMs;
    deliveries.push({ sample, listedOctets: listed.octets, outcome, durationMs });
  }
  return deliveries;
}

async function fetchOne(
  client: SampleClient,
  number: number,
  onProgress: (octets: number) => void,
): Promise<Outcome> {
  try {
    return { kind: 'received', message: await client.retrieve(number, onProgress) };
  } catch (error) {
    // After a refusal the session goes on; once broken, every later message finds it broken.
    const reason = error instanceof Error ? error.message : String(error);
    const isRefusal = error instanceof AppError && error.code === 'SAMPLE_CLIENT_REFUSED';
    return { kind: isRefusal ? 'refused' : 'broken', reason };
  }
}
