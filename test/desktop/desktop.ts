// Owns a virtual display and what is done to programs on it: start, look, type. The screenshots go to
// the folder named by POSTERN_SCREENSHOTS, if there is one.
import { access, chown, mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Child,
  eventually,
  findProgram,
  type Identity,
  killTree,
  run,
  start,
  temporaryFolder,
} from '../helpers/process.ts';

export interface Desktop extends AsyncDisposable {
  /** Home of the programs; only they can enter. */
  readonly home: string;
  launch(command: string, args: readonly string[]): Promise<Child>;
  /** Runs a program to its end; gives what it said. */
  run(command: string, args: readonly string[]): Promise<string>;
  /** Types into the window of this title once it is there. */
  typeInto(title: string, text: string): Promise<void>;
  /** Makes everything below the home belong to the programs. */
  handOver(): Promise<void>;
  screenshot(name: string): Promise<void>;
}

const size = '1200x750x24';
const settlingMs = 6000;

/** Why there can be no desktop for this program here; undefined when there can. */
export function desktopMissing(...programs: readonly string[]): string | undefined {
  const wanted = ['Xvfb', 'xdotool', 'import', ...programs];
  const absent = wanted.find((program) => findProgram(program) === undefined);
  return absent === undefined ? undefined : `${absent} is not installed`;
}

export async function openDesktop(): Promise<Desktop> {
  await using started = new AsyncDisposableStack();
  const { path: home } = started.use(await temporaryFolder('desktop'));
  const identity: Identity | undefined =
    userInfo().uid === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
  if (identity !== undefined) await chown(home, identity.uid, identity.gid);
  const number = 100 + Math.floor(Math.random() * 800);
  const display = `:${number}`;
  const env = { HOME: home, DISPLAY: display, LC_ALL: 'C.UTF-8', NO_AT_BRIDGE: '1' };
  const options = { env, cwd: home, ...(identity === undefined ? {} : { identity }) };
  const launchUnder = async (
    owner: AsyncDisposableStack,
    command: string,
    args: readonly string[],
  ): Promise<Child> => {
    const child = await start(command, args, options);
    owner.defer(async () => {
      killTree(child.pid);
      await child.exited;
    });
    return child;
  };
  await launchUnder(started, 'Xvfb', [display, '-screen', '0', size, '-nolisten', 'tcp']);
  await eventually('the display is there', () =>
    access(`/tmp/.X11-unix/X${number}`).then(
      () => true,
      () => undefined,
    ),
  );
  const runHere = async (command: string, args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(command, args, options);
    if (code !== 0) throw new Error(`${command} gave ${code}: ${stderr}`);
    return stdout.toString('utf8');
  };
  const resources = started.move();
  return {
    home,
    run: runHere,
    launch: (command, args) => launchUnder(resources, command, args),
    async typeInto(title, text) {
      const window = await eventually(
        `a window "${title}"`,
        () =>
          runHere('xdotool', ['search', '--onlyvisible', '--name', title]).then(
            (found) => found.split('\n')[0],
            () => undefined,
          ),
        60_000,
      );
      await runHere('xdotool', ['windowfocus', '--sync', window]);
      await runHere('xdotool', ['type', '--delay', '30', text]);
      await runHere('xdotool', ['key', 'Return']);
    },
    async handOver() {
      if (identity !== undefined) await run('chown', ['-R', '65534:65534', home]);
    },
    async screenshot(name) {
      const folder = process.env['POSTERN_SCREENSHOTS'];
      if (folder === undefined) return;
      await mkdir(folder, { recursive: true });
      // A picture is for people: it shows what the program looks like when it has come to rest.
      await pause(settlingMs);
      const target = join(folder, `${name}.png`);
      await run('import', ['-window', 'root', '+dither', '-colors', '32', target], {
        env: { DISPLAY: display },
      });
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
