// Owns what a mail program in the clients' network sees: visits to mail servers, and what they answered.
import { ConnectionEnded, type ConnectOptions, Pop3Client } from '../pop3-client.ts';

export type Visit = Pick<ConnectOptions, 'port' | 'tls' | 'ca' | 'serverName'> & {
  readonly host: string;
};

export interface Seen {
  /** Or why there was none. */
  readonly greeting: string;
  /** Undefined without a login. */
  readonly subject?: string;
  readonly refusal?: string;
}

export const account = { name: 'ann', password: 'secret of ann' };

async function see(visit: Visit): Promise<Seen> {
  let client: Pop3Client;
  try {
    client = await Pop3Client.connect({ ...visit, limitMs: 20_000 });
  } catch (error) {
    if (error instanceof ConnectionEnded) return { greeting: 'closed' };
    return { greeting: error instanceof Error ? error.message : String(error) };
  }
  const { greeting } = client;
  if (!greeting.startsWith('+OK')) return { greeting };
  try {
    await client.login(account.name, account.password);
  } catch (error) {
    client.destroy();
    return { greeting, refusal: error instanceof Error ? error.message : String(error) };
  }
  const { body } = await client.multiline('RETR 1');
  await client.command('QUIT');
  const [, subject = ''] = /^Subject: (.*?)\r$/m.exec(body.toString('latin1')) ?? [];
  return { greeting, subject };
}

// Run as a program, inside the network: what to visit stands in the first argument, as JSON.
if (import.meta.main) {
  const visits: readonly Visit[] = JSON.parse(process.argv[2] ?? '[]');
  const seen = await Promise.all(visits.map(see));
  process.stdout.write(JSON.stringify(seen));
}
