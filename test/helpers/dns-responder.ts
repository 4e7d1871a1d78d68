// Owns a DNS server on this machine that knows addresses (A records) and answers over UDP.
import { createSocket } from 'node:dgram';

export interface DnsResponder extends AsyncDisposable {
  /** `127.0.0.1:40000`, as configurations want it. */
  readonly address: string;
  /** Names that were asked for, in order, in lower case. */
  readonly asked: readonly string[];
  /** Puts other records in the place of those so far. */
  use(records: DnsRecords): void;
}

/**
 * By name, `*` is for all others. `silent` gives no answer, `broken` one that says that the server has
 * failed; a name that is not there does not exist.
 */
export type DnsRecords = Readonly<Record<string, readonly string[] | 'silent' | 'broken'>>;

const headerOctets = 12;
const serverFailure = 2;
const noSuchName = 3;

export async function startDnsResponder(
  given: DnsRecords = {},
  { ttlSeconds = 60 }: { readonly ttlSeconds?: number } = {},
): Promise<DnsResponder> {
  let records = given;
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const name = nameIn(query);
    asked.push(name);
    const found = records[name] ?? records['*'] ?? [];
    if (found === 'silent') return;
    socket.send(answerTo(query, found, ttlSeconds), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    use(others) {
      records = others;
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

function nameIn(query: Buffer): string {
  const labels: string[] = [];
  for (let at = headerOctets; ; ) {
    const length = query[at] ?? 0;
    if (length === 0) return labels.join('.').toLowerCase();
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
}

/** RFC 1035 s.4.1: header, question, and records that point back to the name. */
function answerTo(query: Buffer, found: readonly string[] | 'broken', ttlSeconds: number): Buffer {
  const question = query.subarray(headerOctets, query.indexOf(0, headerOctets) + 5);
  const addresses = found === 'broken' ? [] : found;
  const header = Buffer.alloc(headerOctets);
  query.copy(header, 0, 0, 2);
  header.writeUInt8(0x84 | ((query[2] ?? 0) & 0x01), 2);
  header.writeUInt8(0x80 | codeOf(found), 3);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, question, ...addresses.map((each) => record(each, ttlSeconds))]);
}

function codeOf(found: readonly string[] | 'broken'): number {
  if (found === 'broken') return serverFailure;
  return found.length === 0 ? noSuchName : 0;
}

function record(address: string, ttlSeconds: number): Buffer {
  const octets = Buffer.alloc(16);
  octets.writeUInt16BE(0xc00c, 0);
  octets.writeUInt16BE(1, 2);
  octets.writeUInt16BE(1, 4);
  octets.writeUInt32BE(ttlSeconds, 6);
  octets.writeUInt16BE(4, 10);
  octets.set(address.split('.').map(Number), 12);
  return octets;
}
