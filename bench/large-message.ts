// Measures one message of 200 MB on its way through the full chain: peak memory of the proxy, and
// time beside a direct download. Run: npm run bench:large [megabytes]
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startSampleServer } from '../src/demo/sample-server.ts';
import { clamdMissing, type RunningClamd, startClamd } from '../test/helpers/clamd.ts';
import { Pop3Client } from '../test/helpers/pop3-client.ts';
import { type PosternProcess, startPosternProcess } from '../test/helpers/postern.ts';
import { makeTestCertificates } from '../test/helpers/test-certificates.ts';

const user = { name: 'bench', password: 'bench' };
const certificates = makeTestCertificates();
const { positionals } = parseArgs({ allowPositionals: true });
const megabytes = Number(positionals[0] ?? 200);
const limitMs = 300_000;

interface Download {
  readonly octets: number;
  readonly sha256: string;
  readonly seconds: number;
}

/** A message with one base64 attachment of random octets, CRLF line ends. */
function largeMessage(octets: number): Buffer {
  const header = [
    'From: bench@example.net',
    'Subject: a large message',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: application/octet-stream; name=random.bin',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  ].join('\r\n');
  // 57 octets make a line of 76 characters; one block of lines is repeated.
  const block = Buffer.from(
    Array.from({ length: 1024 }, () => `${randomBytes(57).toString('base64')}\r\n`).join(''),
  );
  const blocks = Array.from({ length: Math.ceil(octets / block.length) }, () => block);
  return Buffer.concat([Buffer.from(header), ...blocks, Buffer.from('\r\n--b--\r\n')]);
}

async function download(port: number, tls: 'implicit'): Promise<Download> {
  const client = await Pop3Client.connect({
    port,
    tls,
    ca: certificates.caPem,
    serverName: 'localhost',
    limitMs,
  });
  await client.login(user.name, user.password);
  const started = performance.now();
  const { body } = await client.multiline('RETR 1');
  const seconds = (performance.now() - started) / 1000;
  const bodyStart = body.indexOf('\r\n\r\n');
  const sha256 = createHash('sha256').update(body.subarray(bodyStart)).digest('hex');
  await client.command('QUIT');
  return { octets: body.length, sha256, seconds };
}

/** Kilobytes: peak resident set of a process (Linux). */
function peakKilobytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]);
}

function chain(clamd: RunningClamd | undefined): object[] {
  const plugins: object[] = [
    { use: 'tls-policy' },
    { use: 'audit-log', options: { file: './audit.jsonl' } },
    { use: 'attachment-policy' },
    { use: 'header-rewrite' },
  ];
  if (clamd === undefined) return plugins;
  return [
    {
      use: 'clamav',
      timeout: '5m',
      options: { socket: clamd.socketPath, clamd_conf: clamd.configFile, scan_timeout: '5m' },
    },
    ...plugins,
  ];
}

function print(name: string, { octets, seconds }: Download): void {
  const rate = octets / 1e6 / seconds;
  console.log(`${name.padEnd(22)} ${seconds.toFixed(2)} s   ${rate.toFixed(0)} MB/s`);
}

const missing = clamdMissing();
if (missing !== undefined) console.log(`${missing}: the chain runs without a virus scanner`);
const clamd =
  missing === undefined
    ? await startClamd({
        config: { StreamMaxLength: '1000M', MaxFileSize: '1000M', MaxScanSize: '1000M' },
      })
    : undefined;
const message = largeMessage(megabytes * 1e6);
const upstream = await startSampleServer({
  messages: [{ uidl: 'large', content: message }],
  account: { user: user.name, password: user.password },
  transport: { kind: 'implicit', certificate: certificates.server },
});
let postern: PosternProcess | undefined;
try {
  const direct = await download(upstream.port, 'implicit');
  print('direct', direct);
  for (const plugins of [[], chain(clamd)]) {
    postern = await startPosternProcess({
      upstream: { port: upstream.port, tls: 'implicit' },
      certificates,
      plugins,
      settings: { limits: { max_message: '1GB' } },
    });
    const idleMb = peakKilobytes(postern.pid) / 1024;
    const filtered = await download(postern.port('implicit'), 'implicit');
    const peakMb = peakKilobytes(postern.pid) / 1024;
    print(plugins.length === 0 ? 'without plugins' : 'full chain', filtered);
    if (filtered.sha256 !== direct.sha256) throw new Error('the body was changed on its way');
    console.log(
      `  ratio to direct ${(filtered.seconds / direct.seconds).toFixed(2)}, peak RSS of the proxy ${peakMb.toFixed(0)} MB (${idleMb.toFixed(0)} MB before)`,
    );
    await postern.stop();
  }
} finally {
  await postern?.stop();
  await upstream.stop();
  await clamd?.stop();
}
