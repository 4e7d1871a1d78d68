// Owns how the results of the matrix read: one table, a line for each client and encryption, a column
// for each server.
import type { ClientTls } from '../pop3-client.ts';
import { type CellResult, clientLegs, clients, servers } from './cell.ts';

const legNames: Readonly<Record<ClientTls, string>> = {
  none: 'plain',
  stls: 'STLS',
  implicit: 'implicit TLS',
};

export function renderTable(results: readonly CellResult[]): string {
  const rows = clients.flatMap((client) =>
    clientLegs.map((clientTls) => {
      const isAble = client.tlsModes.includes(clientTls);
      const cells = servers.map((server) => {
        if (!isAble) return `${client.name} has no ${legNames[clientTls]}`;
        const result = results.find(
          ({ cell }) =>
            cell.client.name === client.name &&
            cell.clientTls === clientTls &&
            cell.server.name === server.name,
        );
        return result === undefined ? 'not run' : renderCell(result);
      });
      return [client.name, legNames[clientTls], ...cells];
    }),
  );
  const head = ['Client', 'Client leg', ...servers.map(({ name }) => name)];
  return renderRows([head, head.map(() => '---'), ...rows]);
}

// The way of the upstream leg is part of the cell, as it takes turns.
function renderCell({ cell, outcome }: CellResult): string {
  if (outcome.kind === 'passed') return `passes, ${legNames[cell.upstreamTls]}`;
  return `**fails**, ${legNames[cell.upstreamTls]}`;
}

// Aligned as the formatter of the project does it.
function renderRows(rows: readonly (readonly string[])[]): string {
  const widthOf = (column: number): number =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0));
  const renderRow = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) =>
      cell.padEnd(widthOf(column), cell === '---' ? '-' : ' '),
    );
    return `| ${padded.join(' | ')} |`;
  };
  return rows.map(renderRow).join('\n');
}
