// Owns a view of the file system that only one test server has: its unpacked package laid over /usr,
// its own accounts in /etc, its own /run and /var/mail. Nothing of it is seen outside, and it ends
// with its processes. Servers with built-in paths and PAM so need neither installation nor an account.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Child,
  eventually,
  findProgram,
  killTree,
  run,
  start,
  temporaryFolder,
} from '../process.ts';
import type { ServerUser } from './server.ts';

export interface ViewOptions {
  /** Name of the unpacked package. */
  readonly tree: string;
  readonly users: readonly ServerUser[];
  /** Names of the accounts that the server itself runs as. */
  readonly accounts: readonly string[];
  /** Names under which it asks PAM. */
  readonly pamServices: readonly string[];
  /** Files of the server, in the folder of the view. */
  files(folder: string): Readonly<Record<string, string>>;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface PrivateView extends AsyncDisposable {
  /** The same path inside and outside; its `etc`, `run` and `mail` are what the server sees there. */
  readonly folder: string;
  /** Starts the main program, which sees the private files. */
  launch(command: readonly string[]): Promise<void>;
  /** Throws when it has ended; for use while waiting for it. */
  assertRunning(): void;
  /** A command line for one more program with the same view. */
  inside(command: readonly string[]): readonly [string, ...string[]];
  /** Runs one more program with the same view; throws unless it succeeds. */
  run(command: readonly string[]): Promise<void>;
  output(): string;
}

/** All maildrops belong to it; servers refuse to serve mail of root. */
export const mailAccount: Account = { uid: 65_534, gid: 65_534 };

const trees = fileURLToPath(new URL('../../../var/servers/', import.meta.url));
const firstUid = 40_900;

/** Why there can be no private view of this package here; undefined when there can. */
export function viewMissing(tree: string): string | undefined {
  if (!existsSync(join(trees, tree, 'complete'))) {
    return `${tree} is not unpacked: run .ci/servers`;
  }
  if (userInfo().uid !== 0) return `a private view of the file system for ${tree} needs root`;
  if (findProgram('unshare') === undefined) return 'unshare is not installed';
  return canMount() ? undefined : 'the file system does not allow private mounts';
}

let isAllowed: boolean | undefined;

function canMount(): boolean {
  const trial = 'mount -t overlay overlay -o lowerdir=/usr:/etc /mnt';
  isAllowed ??= spawnSync('unshare', ['--mount', 'sh', '-c', trial]).status === 0;
  return isAllowed;
}

export function accountOf(options: Pick<ViewOptions, 'accounts'>, name: string): Account {
  const id = firstUid + options.accounts.indexOf(name);
  return { uid: id, gid: id };
}

export async function prepareView(options: ViewOptions): Promise<PrivateView> {
  const temporary = await temporaryFolder('server');
  const folder = temporary.path;
  // Server processes run as other users and must pass through; listing stays forbidden.
  await chmod(folder, 0o711);
  for (const place of ['etc', 'etc/pam.d', 'run', 'mail']) {
    await mkdir(join(folder, place), { mode: 0o755 });
  }
  await writeAccounts(folder, options);
  const files = { 'view.sh': viewScript(folder, options.tree), ...options.files(folder) };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text, { mode: 0o644 });
  }
  let main: Child | undefined;
  let isOver = false;
  const output = (): string => main?.output() ?? '';
  const inside = (command: readonly string[]): [string, ...string[]] => {
    if (main === undefined) throw new Error('the main program does not run');
    return ['nsenter', '--target', String(main.pid), '--mount', '--', ...command];
  };
  const assertRunning = (): void => {
    if (isOver) throw new Error(`${options.tree} ended: ${output()}`);
  };
  return {
    folder,
    output,
    inside,
    assertRunning,
    async launch(command) {
      const child = await start('unshare', [
        ...['--mount', '--pid', '--fork', '--kill-child', '--'],
        ...['sh', join(folder, 'view.sh'), ...command],
      ]);
      main = child;
      void child.exited.then(() => {
        isOver = true;
      });
      await eventually(`${options.tree} has its view`, () => {
        assertRunning();
        return output().includes('view is ready') ? true : undefined;
      });
    },
    async run(command) {
      const [program, ...args] = inside(command);
      const { code, stdout, stderr } = await run(program, args);
      if (code !== 0) throw new Error(`${command[0]} gave ${code}: ${stdout} ${stderr}`);
    },
    async [Symbol.asyncDispose]() {
      if (main !== undefined) {
        killTree(main.pid);
        await main.exited;
      }
      await temporary[Symbol.asyncDispose]();
    },
  };
}

// Mounts end with the last process that sees them. Without an upper layer nothing can be written.
function viewScript(folder: string, tree: string): string {
  const lay = (place: string, ...layers: readonly string[]): string =>
    `mount -t overlay overlay -o lowerdir=${[...layers, place].join(':')} ${place}`;
  const root = join(trees, tree);
  const library = existsSync(join(root, 'var/lib')) ? lay('/var/lib', `${root}/var/lib`) : '';
  return `set -e
${lay('/usr', `${root}/usr`)}
${lay('/etc', `${folder}/etc`, `${root}/etc`)}
${library}
mount --bind ${folder}/mail /var/mail
mount --bind ${folder}/run /run
echo view is ready
exec "$@"
`;
}

async function writeAccounts(folder: string, options: ViewOptions): Promise<void> {
  const own = options.accounts.map((name) => ({ name, ...accountOf(options, name) }));
  const users = options.users.map(({ name }) => ({ name, ...mailAccount }));
  const passwd = [
    ...own.map(({ name, uid, gid }) => `${name}:x:${uid}:${gid}::/nonexistent:/bin/false`),
    ...users.map(
      ({ name, uid, gid }) => `${name}:x:${uid}:${gid}::${homeOf(folder, name)}:/bin/sh`,
    ),
  ];
  const group = own.map(({ name, gid }) => `${name}:x:${gid}:`);
  const hashes = await Promise.all(options.users.map(({ password }) => crypt(password)));
  // 19000 is a day in 2022; nothing of it ever expires.
  const shadow = users.map(({ name }, index) => `${name}:${hashes[index]}:19000:0:99999:7:::`);
  await writeLines(join(folder, 'etc/passwd'), [await readFile('/etc/passwd', 'utf8'), ...passwd]);
  await writeLines(join(folder, 'etc/group'), [await readFile('/etc/group', 'utf8'), ...group]);
  await writeLines(join(folder, 'etc/shadow'), shadow, 0o600);
  const rules = ['auth required pam_unix.so nodelay', 'account required pam_unix.so'];
  for (const service of options.pamServices) {
    await writeLines(join(folder, 'etc/pam.d', service), rules);
  }
}

export function homeOf(folder: string, user: string): string {
  return join(folder, 'home', user);
}

const hashes = new Map<string, Promise<string>>();

// Node has no crypt(3); perl-base is part of every Debian.
function crypt(password: string): Promise<string> {
  const known = hashes.get(password);
  if (known !== undefined) return known;
  const hash = run('perl', ['-e', 'print crypt($ARGV[0], q($6$postern$))', password]).then(
    ({ stdout }) => stdout.toString('latin1'),
  );
  hashes.set(password, hash);
  return hash;
}

async function writeLines(path: string, lines: readonly string[], mode = 0o644): Promise<void> {
  await writeFile(path, lines.map((line) => `${line.trimEnd()}\n`).join(''), { mode });
}
