// Owns a private spamd: the real daemon with Debian's rules and a configuration of its own, its Bayes data
// and sockets in one temporary folder. It asks nobody on the network and touches no spamd of the machine.
import { execFileSync } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Child,
  eventually,
  findProgram,
  freePort,
  start,
  type TemporaryFolder,
  temporaryFolder,
} from './process.ts';
import type { Certificate } from './test-certificates.ts';

export interface SpamdOptions {
  /** Lines of local.cf after those below. */
  readonly config?: string;
  readonly listen?: 'tcp' | 'unix';
  /** With it, spamd speaks TLS. */
  readonly tls?: Certificate;
  readonly lessons?: 'allowed' | 'refused';
}

const host = '127.0.0.1';

/** The GTUBE test string; put together here, so that no file of the project is taken for spam. */
export const gtube = `XJS*C4JDBQADN1.NSBN3*2IDNEN*${'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL'}*C.34X`;

const siteConfig = `use_bayes 1
bayes_auto_learn 0
bayes_min_ham_num 1
bayes_min_spam_num 1
dns_available no
time_limit 60
`;

/** Why spamd cannot be used here; undefined when it can. */
export function spamdMissing(): string | undefined {
  return findProgram('spamd') === undefined ? 'spamd is not installed' : undefined;
}

/** Resolves when spamd takes questions, after some seconds. */
export async function startSpamd(options: SpamdOptions = {}): Promise<RunningSpamd> {
  const program = findProgram('spamd');
  if (program === undefined) throw new Error('spamd is not installed');
  const folder = await temporaryFolder('spamd');
  const site = join(folder.path, 'site');
  const users = join(folder.path, 'users');
  for (const made of [site, users]) await mkdir(made);
  for (const name of await readdir('/etc/spamassassin')) {
    // The list of modules that Debian loads.
    if (name.endsWith('.pre')) await copyFile(join('/etc/spamassassin', name), join(site, name));
  }
  await writeFile(join(site, 'local.cf'), siteConfig + (options.config ?? ''));
  const socketPath = join(folder.path, 'spamd.sock');
  const port = await freePort();
  const place =
    options.listen === 'unix'
      ? [`--socketpath=${socketPath}`, '--socketmode=666']
      : ['-i', host, '-p', String(port)];
  const args = [
    ...['-L', '-x', '--syslog=stderr', '--min-children=2', '--max-children=2'],
    ...[`--siteconfigpath=${site}`, `--virtual-config-dir=${users}/%u`],
    ...place,
    ...(options.tls === undefined ? [] : await tlsArguments(options.tls, folder.path)),
    ...(options.lessons === 'refused' ? [] : ['--allow-tell']),
    ...(await dropPrivileges([folder.path, site, users])),
  ];
  const child = await start(program, args, { env: { HOME: folder.path } });
  const spamd = new RunningSpamd(child, folder, { socketPath, port });
  try {
    await spamd.says('server successfully spawned child process');
  } catch (error) {
    await spamd.stop();
    throw error;
  }
  return spamd;
}

/** As root it would refuse to work. */
async function dropPrivileges(folders: readonly string[]): Promise<string[]> {
  if (process.getuid?.() !== 0) return [`-u`, execFileSync('id', ['-un']).toString().trim()];
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'nobody'])));
  for (const folder of folders) {
    await chown(folder, uid ?? 0, gid ?? 0);
    await chmod(folder, 0o755);
  }
  return ['-u', 'nobody'];
}

async function tlsArguments(certificate: Certificate, folder: string): Promise<string[]> {
  const [certPath, keyPath] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(certPath, certificate.certPem, { mode: 0o644 });
  await writeFile(keyPath, certificate.keyPem, { mode: 0o644 });
  return ['--ssl', '--server-key', keyPath, '--server-cert', certPath];
}

export class RunningSpamd implements AsyncDisposable {
  readonly host = host;
  readonly port: number;
  readonly socketPath: string;
  readonly #child: Child;
  readonly #folder: TemporaryFolder;

  constructor(
    child: Child,
    folder: TemporaryFolder,
    { port, socketPath }: { readonly port: number; readonly socketPath: string },
  ) {
    this.#child = child;
    this.#folder = folder;
    this.port = port;
    this.socketPath = socketPath;
  }

  /** What spamd has logged so far. */
  output(): string {
    return this.#child.output();
  }

  async says(text: string): Promise<void> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    this.#child.exited.then(over, over);
    await eventually(
      `spamd says "${text}"`,
      () => {
        if (this.output().includes(text)) return true;
        if (isOver) throw new Error(`spamd ended: ${this.output()}`);
        return undefined;
      },
      60_000,
    );
  }

  async stop(): Promise<void> {
    // It ends its children itself.
    this.#child.kill('SIGTERM');
    await this.#child.exited;
    await this.#folder[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
