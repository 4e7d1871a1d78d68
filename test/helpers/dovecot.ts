// Owns a private Dovecot: a real POP3 server on loopback ports with everything it keeps in one temporary folder.
// It writes mail straight into the maildirs and kills no process that it did not start.
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Command, Namespace } from './namespaces.ts';
import {
  accepts,
  type Child,
  descendants,
  eventually,
  findProgram,
  freePort,
  killOne,
  killTree,
  start,
  temporaryFolder,
} from './process.ts';
import type { Certificate } from './test-certificates.ts';

export interface DovecotUser {
  readonly name: string;
  readonly password: string;
}

export interface DovecotOptions {
  readonly users: readonly DovecotUser[];
  /** Without it there is neither STLS nor a port for implicit TLS. */
  readonly tls?: Certificate;
  /** Lines for the end of the configuration. */
  readonly extraConfig?: string;
  /** A network of its own, where it has the ports 110 and 995 at every address. */
  readonly namespace?: Namespace;
}

export interface DeliverOptions {
  /** How lines end on disk. Dovecot sends CRLF either way; `asGiven` touches nothing. */
  readonly lineEnds?: 'asGiven' | 'lf';
}

export interface RunningDovecot extends AsyncDisposable {
  /** Plain, with STLS if there is a certificate. */
  readonly pop3Port: number;
  /** Implicit TLS; nobody listens there without a certificate. */
  readonly pop3sPort: number;
  readonly pid: number;
  /** Adds messages to a maildrop, in this order after those already there. */
  deliver(user: string, messages: readonly Buffer[], options?: DeliverOptions): Promise<void>;
  /** What is in the maildrop, oldest first, as stored. */
  messages(user: string): Promise<Buffer[]>;
  /** SIGKILL to the server and all its processes: connections break off where they are. */
  killHard(): Promise<void>;
  /** SIGKILL to the processes that serve logged-in sessions; the server goes on. Gives their number. */
  killSessions(): number;
  /** The server's own log, for the message of a failing test. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Why Dovecot cannot be used here; undefined when it can. */
export function dovecotMissing(): string | undefined {
  if (findProgram('dovecot') === undefined) return 'dovecot is not installed';
  return undefined;
}

export async function startDovecot(options: DovecotOptions): Promise<RunningDovecot> {
  const attempts = 3;
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Another test may have taken the port between choosing and listening.
      const isPortTaken = error instanceof Error && /Address already in use/.test(error.message);
      if (!isPortTaken || attempt === attempts) throw error;
    }
  }
}

async function startOnce(options: DovecotOptions): Promise<RunningDovecot> {
  const program = findProgram('dovecot');
  if (program === undefined) throw new Error('dovecot is not installed');
  const folder = await temporaryFolder('dovecot');
  const identity = chooseIdentity();
  // Server processes run as other users and must pass through; listing stays forbidden.
  if (identity.isRoot) await chmod(folder.path, 0o711);
  const { namespace } = options;
  const pop3Port = namespace === undefined ? await freePort() : 110;
  const pop3sPort = namespace === undefined ? await freePort() : 995;
  for (const user of options.users) await makeMaildir(folder.path, user.name, identity);
  await writeSecrets(folder.path, options, identity);
  const configFile = join(folder.path, 'dovecot.conf');
  await writeFile(configFile, configuration(folder.path, options, identity, pop3Port, pop3sPort));

  const logFile = join(folder.path, 'dovecot.log');
  const log = (): Promise<string> => readFile(logFile, 'utf8').catch(() => '');
  const command = placed(namespace, program, '-F', '-c', configFile);
  const server = await start(command.program, command.args);
  let isOver = false;
  void server.exited.then(() => {
    isOver = true;
  });
  const failed = async (): Promise<Error> =>
    new Error(`dovecot ended: ${server.output()} ${await log()}`);
  const stop = async (): Promise<void> => {
    await endServer(server);
    await folder[Symbol.asyncDispose]();
  };
  try {
    await eventually('dovecot listens', async () => {
      if (isOver) throw await failed();
      return (await isListening(pop3Port, namespace)) ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  let delivered = 0;
  return {
    pop3Port,
    pop3sPort,
    pid: server.pid,
    async deliver(user, messages, { lineEnds = 'asGiven' } = {}) {
      for (const message of messages) {
        const octets = lineEnds === 'lf' ? toLf(message) : message;
        await deliverOne(maildir(folder.path, user), delivered++, octets, identity);
      }
    },
    messages: (user) => readMaildir(maildir(folder.path, user)),
    async killHard() {
      killTree(server.pid);
      await server.exited;
    },
    killSessions: () =>
      descendants(server.pid)
        .filter((entry) => entry.name === 'pop3')
        .filter((entry) => killOne(entry.pid)).length,
    log,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function placed(namespace: Namespace | undefined, program: string, ...args: string[]): Command {
  return namespace === undefined ? { program, args } : namespace.inside(program, ...args);
}

async function isListening(port: number, namespace: Namespace | undefined): Promise<boolean> {
  if (namespace === undefined) return accepts(port);
  return (await namespace.run('ss', '-Hltn', `sport = :${port}`)) !== '';
}

interface Identity {
  readonly isRoot: boolean;
  /** Owner of the maildirs; Dovecot refuses to read mail as root. */
  readonly mailUid: number;
  readonly mailGid: number;
}

function chooseIdentity(): Identity {
  const { uid, gid } = userInfo();
  if (uid !== 0) return { isRoot: false, mailUid: uid, mailGid: gid };
  return { isRoot: true, mailUid: 65_534, mailGid: 65_534 };
}

function configuration(
  folder: string,
  { tls, extraConfig, namespace }: DovecotOptions,
  identity: Identity,
  pop3Port: number,
  pop3sPort: number,
): string {
  const { username } = userInfo();
  const ownUser = identity.isRoot
    ? ''
    : `default_login_user = ${username}
default_internal_user = ${username}
default_internal_group =`;
  const tlsLines =
    tls === undefined
      ? 'ssl = no'
      : `ssl = yes
ssl_cert = <${folder}/server.crt
ssl_key = <${folder}/server.key`;
  return `protocols = pop3
listen = ${namespace === undefined ? '127.0.0.1' : '*, ::'}
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
${ownUser}
${tlsLines}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:${folder}/mail/%u
mail_fsync = never
mail_max_userip_connections = 100
pop3_lock_session = no
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${identity.mailUid} gid=${identity.mailGid} home=${folder}/mail/%u
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = ${pop3Port}
  }
  inet_listener pop3s {
    port = ${tls === undefined ? 0 : pop3sPort}
    ssl = yes
  }
}
${extraConfig ?? ''}
`;
}

async function writeSecrets(
  folder: string,
  { users, tls }: DovecotOptions,
  { isRoot }: Identity,
): Promise<void> {
  const lines = users.map((user) => `${user.name}:{PLAIN}${user.password}\n`).join('');
  await writeFile(join(folder, 'users'), lines, { mode: isRoot ? 0o644 : 0o600 });
  if (tls === undefined) return;
  await writeFile(join(folder, 'server.crt'), tls.certPem);
  await writeFile(join(folder, 'server.key'), tls.keyPem, { mode: 0o600 });
}

function maildir(folder: string, user: string): string {
  return join(folder, 'mail', user);
}

async function makeMaildir(folder: string, user: string, identity: Identity): Promise<void> {
  const root = maildir(folder, user);
  for (const place of ['cur', 'new', 'tmp']) {
    await mkdir(join(root, place), { recursive: true });
    await own(join(root, place), identity);
  }
  await own(root, identity);
}

async function deliverOne(
  root: string,
  sequence: number,
  octets: Buffer,
  identity: Identity,
): Promise<void> {
  // Dovecot numbers new mail by the time in the file name, then by the name itself.
  const name = `${1_700_000_000 + sequence}.M${sequence}P1.postern-test`;
  const file = join(root, 'new', name);
  await writeFile(file, octets, { mode: 0o600 });
  await own(file, identity);
}

async function own(path: string, { isRoot, mailUid, mailGid }: Identity): Promise<void> {
  if (isRoot) await chown(path, mailUid, mailGid);
}

async function readMaildir(root: string): Promise<Buffer[]> {
  const files: { readonly name: string; readonly path: string }[] = [];
  for (const place of ['cur', 'new']) {
    for (const name of await readdir(join(root, place))) {
      files.push({ name, path: join(root, place, name) });
    }
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(files.map((file) => readFile(file.path)));
}

function toLf(message: Buffer): Buffer {
  return Buffer.from(message.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

async function endServer(server: Child): Promise<void> {
  // SIGTERM would let it wait for open sessions; the folder goes away in any case.
  killTree(server.pid);
  await server.exited;
}
