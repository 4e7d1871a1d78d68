// Owns what is done in one cell: the client loads a maildrop directly and through Postern, deletes
// the first messages through Postern and comes back. Says what differed, never why.
import type { Download } from '../client-workplace.ts';
import { Pop3Client } from '../pop3-client.ts';
import type { RunningPostern } from '../postern.ts';
import type { RunningServer } from '../servers/server.ts';
import type { Cell, Outcome } from './cell.ts';
import { firstDeletedCount, identityOf, legalMessages } from './maildrop.ts';

export interface CellSetup {
  readonly cell: Cell;
  readonly server: RunningServer;
  readonly postern: RunningPostern;
  readonly ca: string;
  readonly password: string;
}

export async function runCell(setup: CellSetup): Promise<Outcome> {
  try {
    const problems = await differences(setup);
    if (problems.length === 0) return { kind: 'passed' };
    return { kind: 'failed', detail: problems.join('; ') };
  } catch (error) {
    return { kind: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}

async function differences({ cell, server, postern, ca, password }: CellSetup): Promise<string[]> {
  const messages = legalMessages();
  const identities = messages.map(identityOf);
  const { user, client, clientTls } = cell;
  await server.deliver(user, messages);
  await settle(server, user, password);
  const account = { user, password, ca };
  const direct = { ...account, port: server.pop3Port, tls: 'none' } as const;
  const through = { ...account, port: postern.port(clientTls), tls: clientTls };

  const problems: string[] = [];
  const compare = (what: string, expected: Download, actual: Download): void => {
    problems.push(...compareDownloads(what, expected, actual));
  };
  const holds = async (when: string, expected: readonly string[]): Promise<void> => {
    const actual = (await server.messages(user)).map(identityOf);
    if (actual.join() !== expected.join()) problems.push(`${when}: the server holds ${actual}`);
  };

  const all = await client.download({ ...direct, afterwards: 'keep' });
  if (all.code !== 0 || all.messages.map(identityOf).join() !== identities.join()) {
    return [`directly: code ${all.code}, ${all.messages.map(identityOf)}: ${all.stderr}`];
  }
  compare('kept', all, await client.download({ ...through, afterwards: 'keep' }));
  await holds('after keeping', identities);

  const onlyFirst = firstDeletedCount;
  const taken = await client.download({ ...through, afterwards: 'delete', onlyFirst });
  compare('taken', { ...all, messages: all.messages.slice(0, onlyFirst) }, taken);
  await holds('after deleting some', identities.slice(onlyFirst));

  await settle(server, user, password);
  const left = await client.download({ ...direct, afterwards: 'keep' });
  compare('left', left, await client.download({ ...through, afterwards: 'keep' }));
  await client.download({ ...through, afterwards: 'delete' });
  await holds('after deleting the rest', []);
  return problems;
}

// mailutils writes fields of its own into the mail at the end of a session: of the first one that
// sees it, and of the first one that asks for unique ids.
async function settle(server: RunningServer, user: string, password: string): Promise<void> {
  const session = await Pop3Client.connect({ port: server.pop3Port });
  await session.login(user, password);
  await session.retrieveAll();
  await session.multiline('UIDL');
  await session.command('QUIT');
  await session.closed;
}

function compareDownloads(what: string, expected: Download, actual: Download): string[] {
  const problems: string[] = [];
  if (actual.code !== 0) problems.push(`${what}: code ${actual.code}: ${actual.stderr.trim()}`);
  if (actual.messages.length !== expected.messages.length) {
    problems.push(`${what}: ${actual.messages.length} of ${expected.messages.length} messages`);
  }
  const different = expected.messages.flatMap((message, index) =>
    actual.messages[index]?.equals(message) === false ? [index] : [],
  );
  if (different.length > 0) problems.push(`${what}: messages ${different} differ`);
  return problems;
}
