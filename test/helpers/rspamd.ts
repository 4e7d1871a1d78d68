// Owns a private rspamd with a Redis of its own: the real daemons, with sockets and files in one temporary
// folder, on ports of the loopback interface. It asks nobody on the network and touches no rspamd of the
// machine.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  accepts,
  type Child,
  eventually,
  findProgram,
  freePort,
  start,
  type TemporaryFolder,
  temporaryFolder,
} from './process.ts';

export interface RspamdOptions {
  /** Files of local.d by name. */
  readonly local?: Readonly<Record<string, string>>;
}

export const controllerPassword = 'lessons are welcome';

/** Why rspamd cannot be used here; undefined when it can. */
export function rspamdMissing(): string | undefined {
  if (findProgram('rspamd') === undefined) return 'rspamd is not installed';
  if (findProgram('redis-server') === undefined) return 'redis-server is not installed';
  return undefined;
}

export class RunningRspamd implements AsyncDisposable {
  readonly worker: string;
  readonly controller: string;
  readonly socketPath: string;
  readonly folder: string;
  readonly #children: readonly Child[];
  readonly #folder: TemporaryFolder;

  constructor(
    folder: TemporaryFolder,
    children: readonly Child[],
    ports: { readonly worker: number; readonly controller: number; readonly socketPath: string },
  ) {
    this.worker = `http://127.0.0.1:${ports.worker}`;
    this.controller = `http://127.0.0.1:${ports.controller}`;
    this.socketPath = ports.socketPath;
    this.folder = folder.path;
    this.#folder = folder;
    this.#children = children;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGTERM');
    await Promise.allSettled(this.#children.map(({ exited }) => exited));
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Resolves when messages are judged, after a second or more. */
export async function startRspamd({ local = {} }: RspamdOptions = {}): Promise<RunningRspamd> {
  const folder = await temporaryFolder('rspamd');
  const children: Child[] = [];
  try {
    const redis = await freePort();
    const worker = await freePort();
    const controller = await freePort();
    const socketPath = join(folder.path, 'worker.sock');
    children.push(
      await start('redis-server', [
        ...['--port', `${redis}`, '--bind', '127.0.0.1', '--dir', folder.path],
        ...['--save', '', '--appendonly', 'no'],
      ]),
    );
    await writeConfiguration(folder.path, { redis, worker, controller, socketPath }, local);
    const set = (name: string): string => `--var=${name}=${folder.path}`;
    const asRoot = process.getuid?.() === 0 ? ['--insecure'] : [];
    children.push(
      await start('rspamd', [
        ...['--no-fork', '--config', join(folder.path, 'rspamd.conf'), ...asRoot],
        ...['DBDIR', 'RUNDIR', 'LOGDIR', 'LOCAL_CONFDIR'].map(set),
      ]),
    );
    const [, daemon] = children;
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    daemon?.exited.then(over, over);
    await eventually(
      'rspamd answers',
      async () => {
        if (isOver) throw new Error(`rspamd ended: ${daemon?.output()}`);
        const all = await Promise.all([redis, worker, controller].map(accepts));
        return all.every((isOpen) => isOpen) ? true : undefined;
      },
      60_000,
    );
    return new RunningRspamd(folder, children, { worker, controller, socketPath });
  } catch (error) {
    for (const child of children) child.kill('SIGKILL');
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

interface Places {
  readonly redis: number;
  readonly worker: number;
  readonly controller: number;
  readonly socketPath: string;
}

async function writeConfiguration(
  folder: string,
  { redis, worker, controller, socketPath }: Places,
  local: Readonly<Record<string, string>>,
): Promise<void> {
  const main = `
.include "$CONFDIR/common.conf"
options {
  pidfile = "$RUNDIR/rspamd.pid";
  .include "$CONFDIR/options.inc"
  .include(priority=10) "$LOCAL_CONFDIR/override.d/options.inc"
}
logging { type = "file"; filename = "$LOGDIR/rspamd.log"; level = "info"; }
worker "normal" {
  bind_socket = "127.0.0.1:${worker}";
  bind_socket = "${socketPath} mode=0666";
  count = 1; mime = true;
}
worker "controller" {
  bind_socket = "127.0.0.1:${controller}";
  count = 1; secure_ip = [];
  password = "${controllerPassword}"; enable_password = "${controllerPassword}";
}
`;
  const off = 'enabled = false;\n';
  const overrides: Readonly<Record<string, string>> = {
    // Names are asked of nobody: the port is that of discard. All suffixes there are take it half a minute.
    'options.inc': `
dns { timeout = 0.1s; retransmits = 1; nameserver = ["127.0.0.1:9"]; }
url_tld = "${folder}/suffixes";
control_socket = "${folder}/control.sock mode=0600";
`,
    'rbl.conf': off,
    'asn.conf': off,
    'rspamd_update.conf': off,
    'mx_check.conf': off,
    'phishing.conf': off,
    // Or it asks the resolver of the machine for names of public servers when it starts.
    'fuzzy_check.conf': `${off}rule "rspamd.com" { servers = "127.0.0.1:9"; }\n`,
  };
  const locals: Readonly<Record<string, string>> = {
    'redis.conf': `servers = "127.0.0.1:${redis}";\n`,
    'classifier-bayes.conf': 'min_learns = 1;\nmin_token_hits = 1;\n',
    ...local,
  };
  await mkdir(join(folder, 'local.d'));
  await mkdir(join(folder, 'override.d'));
  await writeFile(join(folder, 'suffixes'), 'com\nnet\norg\ntest\n');
  await writeFile(join(folder, 'rspamd.conf'), main);
  for (const [name, text] of Object.entries(locals)) {
    await writeFile(join(folder, 'local.d', name), text);
  }
  for (const [name, text] of Object.entries(overrides)) {
    await writeFile(join(folder, 'override.d', name), text);
  }
}
