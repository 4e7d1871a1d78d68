// Owns what runs of real mail programs have in common: a fresh folder, an unprivileged user, and
// the messages that they stored, with line ends made equal.
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
  /** Only the first so many messages are fetched, and deleted if asked for. */
  readonly onlyFirst?: number;
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
export const host = 'localhost';

export interface Workplace {
  readonly folder: string;
  /** For programs that hand over one file after the other. */
  readonly inbox: string;
  readonly maildir: string;
  readonly caFile: string;
  /** Writes a file that only the program can read; gives its path. */
  write(name: string, text: string): Promise<string>;
  runHere(program: string, args: readonly string[]): Promise<Finished>;
}

export async function inWorkplace(
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

// Counter of the delivering process: `000001.eml`, or `<time>.M<µs>P<pid>Q<n>` and more.
function deliveryOrder(name: string): number {
  const match = /^(\d{6})\.eml$/.exec(name) ?? /Q(\d+)[.R]/.exec(name);
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

/** Why a program cannot be used here; undefined when it can. */
export function absence(program: string): string | undefined {
  return findProgram(program) === undefined ? `${program} is not installed` : undefined;
}
