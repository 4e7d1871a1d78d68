// Owns a Thunderbird without a display that runs scripts of ours in its own process, by the protocol that
// Mozilla's tests use: each message is a length, a colon, and JSON.
import { once } from 'node:events';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import {
  accepts,
  eventually,
  freePort,
  type Identity,
  killTree,
  start,
  temporaryFolder,
} from '../helpers/process.ts';

const startMs = 60_000;
const scriptMs = 90_000;

export type Preferences = Readonly<Record<string, string | number | boolean>>;

export interface ScriptedThunderbird extends AsyncDisposable {
  /** The body of an async function with `args`; gives what it returns. */
  run(body: string, args: readonly unknown[]): Promise<unknown>;
}

export async function startThunderbird(preferences: Preferences): Promise<ScriptedThunderbird> {
  await using started = new AsyncDisposableStack();
  const { path: home } = started.use(await temporaryFolder('thunderbird'));
  const profile = join(home, 'profile');
  const port = await freePort();
  await mkdir(profile);
  await writeFile(join(profile, 'user.js'), textOf({ ...preferences, 'marionette.port': port }));
  const identity: Identity | undefined =
    userInfo().uid === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
  for (const path of [home, profile, join(profile, 'user.js')]) {
    if (identity !== undefined) await chown(path, identity.uid, identity.gid);
  }
  const flags = ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote'];
  const child = await start('thunderbird', [...flags, '--profile', profile], {
    env: { HOME: home, LC_ALL: 'C.UTF-8' },
    cwd: home,
    ...(identity === undefined ? {} : { identity }),
  });
  started.defer(async () => {
    killTree(child.pid);
    await child.exited;
  });
  await eventually(
    'Thunderbird takes scripts',
    async () => (await accepts(port)) || undefined,
    startMs,
  );
  const session = new MarionetteSession(connect(port, '127.0.0.1'));
  await session.open();
  const resources = started.move();
  return {
    run: (body, args) => session.run(body, args),
    [Symbol.asyncDispose]: async () => {
      session.close();
      await resources.disposeAsync();
    },
  };
}

class MarionetteSession {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #number = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async open(): Promise<void> {
    if (this.#socket.connecting) await once(this.#socket, 'connect');
    await this.#message();
    await this.#command('WebDriver:NewSession', {});
    await this.#command('Marionette:SetContext', { value: 'chrome' });
  }

  async run(body: string, args: readonly unknown[]): Promise<unknown> {
    const script = `const done = arguments[arguments.length - 1]; const args = [...arguments];
(async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const answer = await this.#command('WebDriver:ExecuteAsyncScript', {
      script,
      args,
      sandbox: 'system',
      scriptTimeout: scriptMs,
    });
    const { value } = answer as { value: { value?: unknown; error?: string } };
    if (value.error !== undefined) throw new Error(`in Thunderbird: ${value.error}`);
    return value.value;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #command(name: string, parameters: object): Promise<unknown> {
    this.#number += 1;
    const text = JSON.stringify([0, this.#number, name, parameters]);
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    const [, , error, result] = (await this.#message()) as [number, number, unknown, unknown];
    if (error !== null) throw new Error(`${name}: ${JSON.stringify(error)}`);
    return result;
  }

  async #message(): Promise<unknown> {
    for (;;) {
      const colon = this.#rest.indexOf(':');
      const end = colon + 1 + Number(this.#rest.subarray(0, colon));
      if (colon !== -1 && this.#rest.length >= end) {
        const text = this.#rest.subarray(colon + 1, end).toString('utf8');
        this.#rest = this.#rest.subarray(end);
        return JSON.parse(text);
      }
      const { done, value } = await this.#chunks.next();
      if (done) throw new Error('Thunderbird has ended');
      this.#rest = Buffer.concat([this.#rest, value]);
    }
  }
}

function textOf(preferences: Preferences): string {
  return Object.entries(preferences)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('');
}
