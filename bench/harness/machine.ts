// Owns what is written down of the machine and of the peers beside the figures.
import { cpus, release, totalmem } from 'node:os';
import type { Peer } from '../peers/peer.ts';
import type { Machine } from './report.ts';

export async function describeMachine(peers: readonly Peer[]): Promise<Machine> {
  const versions: Record<string, string> = {};
  for (const peer of peers) {
    if (peer.missing('plain') !== undefined) continue;
    const version = await peer.version();
    if (version !== undefined) versions[peer.name] = version;
  }
  const all = cpus();
  return {
    processor: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    peers: versions,
  };
}
