// Owns a DNS server on this machine: it knows a few TXT records and answers over UDP and, for records
// that do not fit into one packet, over TCP.
import { createSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { freePort } from '../../helpers/process.ts';

export interface DnsServer extends AsyncDisposable {
  /** For the option `dns.servers`. */
  readonly address: string;
  /** Names that were asked for, in order. */
  readonly asked: readonly string[];
}

const maxUdpOctets = 512;
const noSuchName = 3;

/** `garbage` answers every question with octets that are no answer. */
export async function startDnsServer(
  records: Readonly<Record<string, string>>,
  manner: 'answers' | 'garbage' | 'silent' = 'answers',
): Promise<DnsServer> {
  const port = await freePort();
  const asked: string[] = [];
  const answer = (question: Buffer, limit: number): Buffer | undefined => {
    const name = nameIn(question);
    asked.push(name);
    switch (manner) {
      case 'answers':
        return answerTo(question, records[name], limit);
      case 'garbage':
        return Buffer.concat([question.subarray(0, 2), Buffer.alloc(40, 0xff)]);
      case 'silent':
        return undefined;
    }
  };

  const udp = createSocket('udp4');
  udp.on('message', (question, { port: from, address }) => {
    const octets = answer(question, maxUdpOctets);
    if (octets !== undefined) udp.send(octets, from, address);
  });
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const octets = answer(received.subarray(2, end), 65_535);
        received = received.subarray(end);
        if (octets === undefined) continue;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(octets.length);
        socket.write(Buffer.concat([length, octets]));
      }
    });
  });
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => tcp.listen(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

const headerOctets = 12;

function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = headerOctets; ; ) {
    const length = question[at] ?? 0;
    if (length === 0) return labels.join('.').toLowerCase();
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
}

/** RFC 1035 s.4.1: header, question, and one TXT record that points back to the name. */
function answerTo(query: Buffer, text: string | undefined, limit: number): Buffer {
  const questionEnd = query.indexOf(0, headerOctets) + 5;
  const question = query.subarray(headerOctets, questionEnd);
  const record = text === undefined ? Buffer.alloc(0) : txtRecord(Buffer.from(text));
  const isCut = headerOctets + question.length + record.length > limit;
  const header = Buffer.alloc(headerOctets);
  query.copy(header, 0, 0, 2);
  header.writeUInt8(0x84 | (isCut ? 0x02 : 0) | ((query[2] ?? 0) & 0x01), 2);
  header.writeUInt8(0x80 | (text === undefined ? noSuchName : 0), 3);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(text === undefined || isCut ? 0 : 1, 6);
  return Buffer.concat([header, question, isCut ? Buffer.alloc(0) : record]);
}

function txtRecord(text: Buffer): Buffer {
  const strings: Buffer[] = [];
  for (let at = 0; at < text.length; at += 255) {
    const piece = text.subarray(at, at + 255);
    strings.push(Buffer.from([piece.length]), piece);
  }
  const data = Buffer.concat(strings);
  const head = Buffer.from([0xc0, 0x0c, 0, 16, 0, 1, 0, 0, 0, 60, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
