// Owns the strictest view of a maildrop: every wire octet that means something, as one session sees it.
import { type ConnectOptions, Pop3Client } from '../pop3-client.ts';

export interface RawMaildrop {
  /** STAT, and LIST and UIDL, whole. */
  readonly listings: readonly string[];
  /** Stuffed and with terminator. */
  readonly messages: readonly Buffer[];
  /** TOP of 0 and of 3 lines. */
  readonly tops: readonly Buffer[];
}

export async function readRawMaildrop(
  options: ConnectOptions,
  user: string,
  password: string,
): Promise<RawMaildrop> {
  const client = await Pop3Client.connect(options);
  await client.login(user, password);
  const stat = (await client.command('STAT')).split(' ', 3);
  const listings = [stat.join(' ')];
  for (const command of ['LIST', 'UIDL']) {
    listings.push((await client.multiline(command)).raw.toString('latin1'));
  }
  const messages = (await client.retrieveAll()).map(({ raw }) => raw);
  const tops: Buffer[] = [];
  for (let number = 1; number <= Number(stat[1]); number++) {
    for (const lines of [0, 3]) tops.push((await client.multiline(`TOP ${number} ${lines}`)).raw);
  }
  const farewell = await client.command('QUIT');
  if (!farewell.startsWith('+OK')) throw new Error(`QUIT was answered with ${farewell}`);
  await client.closed;
  return { listings, messages, tops };
}

/** Names what differs; empty when nothing does. */
export function compareMaildrops(expected: RawMaildrop, actual: RawMaildrop): string[] {
  const listings = ['STAT', 'LIST', 'UIDL'].filter(
    (_, index) => expected.listings[index] !== actual.listings[index],
  );
  return [
    ...listings,
    ...differing(expected.messages, actual.messages).map((index) => `RETR ${index + 1}`),
    ...differing(expected.tops, actual.tops).map(
      (index) => `TOP ${Math.floor(index / 2) + 1} ${index % 2 === 0 ? 0 : 3}`,
    ),
  ];
}

function differing(expected: readonly Buffer[], actual: readonly Buffer[]): number[] {
  const longest = Math.max(expected.length, actual.length);
  return Array.from({ length: longest }, (_, index) => index).filter(
    (index) => actual[index] === undefined || expected[index]?.equals(actual[index]) !== true,
  );
}
