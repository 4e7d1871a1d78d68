// Owns runs of real mail programs against a POP3 server, each in a fresh folder with its own configuration.
// Results are what the program stored, with line ends made equal.
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { ClientTls } from './pop3-client.ts';
import { type Finished, findProgram, type Identity, run, temporaryFolder } from './process.ts';

export interface Mailbox {
  readonly port: number;
  readonly tls: ClientTls;
  /** PEM of the authority that the program has to trust; needed with TLS. */
  readonly ca: string;
  readonly user: string;
  readonly password: string;
  /** What the program asks the server to do with messages it has got. */
  readonly afterwards: 'keep' | 'delete';
}

export interface Download {
  /** In the order of the maildrop; every line ends in LF, the last one too. */
  readonly messages: readonly Buffer[];
  readonly code: number | undefined;
  readonly stderr: string;
}

export interface RealClient {
  readonly name: string;
  readonly tlsModes: readonly ClientTls[];
  /** Why it cannot be used here; undefined when it can. */
  missing(): string | undefined;
  download(mailbox: Mailbox): Promise<Download>;
}

// A name and not an address: some of these programs look for host names only in a certificate.
const host = 'localhost';

export const fetchmail: RealClient = {
  name: 'fetchmail',
  tlsModes: ['none', 'stls', 'implicit'],
  missing: () => absence('fetchmail'),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ folder, inbox, caFile, write, runHere }) => {
      const store = await write(
        'store.sh',
        `n=$(ls ${inbox} | wc -l)\ncat > ${inbox}/$(printf %06d $n).eml\n`,
      );
      const tls = {
        none: "sslproto ''",
        stls: `sslproto 'TLS1.2+' sslcertck sslcertfile ${caFile}`,
        implicit: `ssl sslproto 'TLS1.2+' sslcertck sslcertfile ${caFile}`,
      }[mailbox.tls];
      const rcFile = await write(
        'fetchmailrc',
        `set invisible
set softbounce
poll ${host} protocol pop3 service ${mailbox.port} timeout 60
  user "${mailbox.user}" password "${mailbox.password}" ${tls}
  fetchall ${mailbox.afterwards === 'keep' ? 'keep' : 'nokeep'} no rewrite
  mda "/bin/sh ${store}"
`,
      );
      const ownFiles = ['-i', join(folder, 'ids'), '--pidfile', join(folder, 'pid')];
      return runHere('fetchmail', ['-N', '-d0', '-f', rcFile, ...ownFiles]);
    }),
};

export const mpop: RealClient = {
  name: 'mpop',
  tlsModes: ['none', 'stls', 'implicit'],
  missing: () => absence('mpop'),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ folder, maildir, caFile, write, runHere }) => {
      const tls = {
        none: 'tls off',
        stls: `tls on\ntls_starttls on\ntls_trust_file ${caFile}`,
        implicit: `tls on\ntls_starttls off\ntls_trust_file ${caFile}`,
      }[mailbox.tls];
      const rcFile = await write(
        'mpoprc',
        `account test
host ${host}
port ${mailbox.port}
${tls}
auth user
user ${mailbox.user}
password ${mailbox.password}
timeout 60
received_header off
only_new off
keep ${mailbox.afterwards === 'keep' ? 'on' : 'off'}
uidls_file ${join(folder, 'uidls')}
delivery maildir ${maildir}
`,
      );
      return runHere('mpop', ['-C', rcFile, '-q', 'test']);
    }),
};

export const getmail: RealClient = {
  name: 'getmail6',
  // getmail has no STLS.
  tlsModes: ['none', 'implicit'],
  missing: () => absence('getmail'),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ folder, maildir, caFile, write, runHere }) => {
      const isTls = mailbox.tls === 'implicit';
      await write(
        'getmailrc',
        `[retriever]
type = ${isTls ? 'SimplePOP3SSLRetriever' : 'SimplePOP3Retriever'}
server = ${host}
port = ${mailbox.port}
username = ${mailbox.user}
password = ${mailbox.password}
timeout = 60
${isTls ? `ca_certs = ${caFile}` : ''}
[destination]
type = Maildir
path = ${maildir}/
[options]
read_all = true
delete = ${mailbox.afterwards === 'delete'}
delivered_to = false
received = false
verbose = 0
`,
      );
      return runHere('getmail', [`--getmaildir=${folder}`, '--rcfile=getmailrc']);
    }),
};

export const curl: RealClient = {
  name: 'curl',
  tlsModes: ['none', 'stls', 'implicit'],
  missing: () => absence('curl'),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ inbox, caFile, write, runHere }) => {
      const scheme = mailbox.tls === 'implicit' ? 'pop3s' : 'pop3';
      const base = `${scheme}://${host}:${mailbox.port}`;
      const rcFile = await write(
        'curlrc',
        `user = "${mailbox.user}:${mailbox.password}"
silent
show-error
max-time = 100
cacert = "${caFile}"
${mailbox.tls === 'stls' ? 'ssl-reqd' : ''}
`,
      );
      const ask = (args: readonly string[]) => runHere('curl', ['-q', '-K', rcFile, ...args]);
      const listing = await ask(['--list-only', `${base}/`]);
      const count = listing.stdout.toString('latin1').split('\r\n').filter(Boolean).length;
      if (listing.code !== 0 || count === 0) return listing;
      // One process and so one session; the number of digits makes `#1` sort by name.
      const numbers = `${base}/[000001-${String(count).padStart(6, '0')}]`;
      const retrieval = await ask(['--output', join(inbox, '#1.eml'), numbers]);
      if (retrieval.code !== 0 || mailbox.afterwards === 'keep') return retrieval;
      return ask(['--head', '--request', 'DELE', numbers]);
    }),
};

export const realClients: readonly RealClient[] = [fetchmail, mpop, getmail, curl];

interface Workplace {
  readonly folder: string;
  /** For programs that hand over one file after the other. */
  readonly inbox: string;
  readonly maildir: string;
  readonly caFile: string;
  /** Writes a file that only the program can read; gives its path. */
  write(name: string, text: string): Promise<string>;
  runHere(program: string, args: readonly string[]): Promise<Finished>;
}

async function inWorkplace(
  mailbox: Mailbox,
  work: (workplace: Workplace) => Promise<Finished>,
): Promise<Download> {
  await using temporary = await temporaryFolder('client');
  const folder = temporary.path;
  const inbox = join(folder, 'inbox');
  const maildir = join(folder, 'maildir');
  const incoming = join(maildir, 'new');
  const places = [inbox, maildir, incoming, join(maildir, 'cur'), join(maildir, 'tmp')];
  for (const place of places) await mkdir(place);
  const identity = unprivileged();
  const own = async (path: string): Promise<void> => {
    if (identity !== undefined) await chown(path, identity.uid, identity.gid);
  };
  for (const place of [folder, ...places]) await own(place);
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    await own(path);
    return path;
  };
  const environment = { HOME: folder, FETCHMAILHOME: folder, LC_ALL: 'C' };
  const { code, stderr } = await work({
    folder,
    inbox,
    maildir,
    caFile: await write('ca.pem', mailbox.ca),
    write,
    runHere: (program, args) =>
      run(program, args, {
        env: environment,
        cwd: folder,
        ...(identity === undefined ? {} : { identity }),
      }),
  });
  const stored = [...(await readFolder(inbox)), ...(await readFolder(incoming))];
  return { messages: stored.map(comparable), code, stderr };
}

// As root getmail refuses to deliver and fetchmail complains.
function unprivileged(): Identity | undefined {
  return userInfo().uid === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
}

async function readFolder(folder: string): Promise<Buffer[]> {
  const names = (await readdir(folder)).map((name) => ({ name, order: deliveryOrder(name) }));
  names.sort((a, b) => a.order - b.order);
  return Promise.all(names.map(({ name }) => readFile(join(folder, name))));
}

// Counter of the delivering process: `000001.eml`, mpop's `<time>.<pid>_<n>.<host>`, getmail's `...Q<n>R...`.
function deliveryOrder(name: string): number {
  const match =
    /^(\d{6})\.eml$/.exec(name) ?? /^\d+\.\d+_(\d+)\./.exec(name) ?? /Q(\d+)/.exec(name);
  if (match === null) throw new Error(`a file name without a counter: ${name}`);
  return Number(match[1]);
}

function comparable(message: Buffer): Buffer {
  // The line is getmail's own and cannot be turned off.
  const text = message
    .toString('latin1')
    .replaceAll('\r\n', '\n')
    .replace(/^Return-Path: <unknown>\n/, '');
  return Buffer.from(text.endsWith('\n') ? text : `${text}\n`, 'latin1');
}

function absence(program: string): string | undefined {
  return findProgram(program) === undefined ? `${program} is not installed` : undefined;
}
