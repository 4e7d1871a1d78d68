// Owns one run of the whole matrix: each server once, a Postern without plugins for each way to reach
// it, and a few cells at a time. Leaves nothing behind.
import type { ClientTls } from '../pop3-client.ts';
import { type RunningPostern, startPostern } from '../postern.ts';
import { type Pop3Server, portFor, type RunningServer } from '../servers/server.ts';
import { makeTestCertificates, type TestCertificates } from '../test-certificates.ts';
import { type Cell, type CellResult, cellsOf, servers } from './cell.ts';
import { runCell } from './run-cell.ts';

const password = 'correct-horse';
const parallelCells = 4;

/** Why the matrix cannot be run whole here; undefined when it can. */
export function matrixMissing(): string | undefined {
  const reasons = servers.flatMap((server) => [
    server.missing(),
    ...cellsOf(server).map(({ client }) => client.missing()),
  ]);
  return reasons.find((reason) => reason !== undefined);
}

export async function runMatrix(report: (result: CellResult) => void): Promise<CellResult[]> {
  const certificates = makeTestCertificates();
  await using resources = new AsyncDisposableStack();
  const stands = [];
  for (const server of servers) stands.push(await startStand(server, certificates, resources));
  // In turns, so that a server that takes its time does not hold up all workers.
  const waiting = interleave(stands.map((stand) => stand.cells.map((cell) => ({ stand, cell }))));
  const results: CellResult[] = [];
  const queue = waiting.entries();
  const work = async (): Promise<void> => {
    for (const [index, { stand, cell }] of queue) {
      const postern = stand.posterns.get(cell.upstreamTls);
      if (postern === undefined) throw new Error(`no Postern with ${cell.upstreamTls}`);
      const { server } = stand;
      const outcome = await runCell({ cell, server, postern, password, ca: certificates.caPem });
      results[index] = { cell, outcome };
      report({ cell, outcome });
    }
  };
  await Promise.all(Array.from({ length: parallelCells }, work));
  return results;
}

interface Stand {
  readonly server: RunningServer;
  readonly cells: readonly Cell[];
  readonly posterns: ReadonlyMap<ClientTls, RunningPostern>;
}

async function startStand(
  kind: Pop3Server,
  certificates: TestCertificates,
  resources: AsyncDisposableStack,
): Promise<Stand> {
  const cells = cellsOf(kind);
  const users = cells.map(({ user }) => ({ name: user, password }));
  const server = resources.use(await kind.start({ users, tls: certificates.server }));
  const posterns = new Map<ClientTls, RunningPostern>();
  for (const tls of server.tlsModes) {
    const upstream = { port: portFor(server, tls), tls };
    posterns.set(tls, resources.use(await startPostern({ upstream, certificates })));
  }
  return { server, cells, posterns };
}

function interleave<T>(rows: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: longest }, (_, index) =>
    rows.flatMap((row) => row.slice(index, index + 1)),
  ).flat();
}
