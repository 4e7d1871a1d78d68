// Owns scenes of training: Postern with a plugin that writes down what it is taught, in front of a real
// Dovecot, and a visitor of the pages behind its links.
import assert from 'node:assert/strict';
import { postern as runPostern } from '../cli/postern.ts';
import { type RunningDovecot, startDovecot } from './dovecot.ts';
import { Pop3Client } from './pop3-client.ts';
import {
  type PosternInProcess,
  type PosternOptions,
  type PosternProcess,
  type RunningPostern,
  startPostern,
  startPosternProcess,
} from './postern.ts';
import { accepts, eventually, freePort } from './process.ts';
import { pupilFile, type TaughtLine, taughtIn } from './pupil.ts';
import { makeTestCertificates } from './test-certificates.ts';

export const certificates = makeTestCertificates();
export const password = 'secret';

/** Accounts of which each test takes some of its own. */
export interface School extends AsyncDisposable {
  readonly dovecot: RunningDovecot;
  newUser(): string;
  scene(options?: SceneOptions): Promise<Scene>;
}

export async function openSchool(accounts: number): Promise<School> {
  const names = Array.from({ length: accounts }, (_, index) => ({
    name: `pupil${index}`,
    password,
  }));
  const dovecot = await startDovecot({ users: names, tls: certificates.server });
  let users = 0;
  return {
    dovecot,
    newUser: () => `pupil${users++}`,
    scene: (options) => openScene(dovecot, options),
    [Symbol.asyncDispose]: () => dovecot.stop(),
  };
}

export function letter(subject: string, ...more: readonly string[]): Buffer {
  const head = ['From: Ann <ann@example.org>', 'Date: Mon, 2 Nov 2026 10:00:00 +0000'];
  return Buffer.from([...head, `Subject: ${subject}`, ...more, '', 'some text', ''].join('\r\n'));
}

export interface Scene extends AsyncDisposable {
  readonly postern: RunningPostern;
  /** Of the pages. */
  readonly pages: number;
  readonly base: string;
  /** All messages of the account, as it gets them. */
  retrieve(user: string): Promise<Buffer[]>;
  /** As listed. */
  sizes(user: string): Promise<number[]>;
  taught(count: number): Promise<TaughtLine[]>;
  quarantine(...args: readonly string[]): Promise<string>;
  /** Takes up a configuration without further training than links. */
  reload(settings: Readonly<Record<string, object>>): Promise<void>;
}

export interface SceneOptions {
  readonly workers?: number;
  readonly training?: object;
  readonly links?: object;
  readonly settings?: Readonly<Record<string, object>>;
  /** In place of the one that writes down its lessons. */
  readonly plugins?: readonly object[];
}

async function openScene(
  dovecot: RunningDovecot,
  { workers, training, links, settings, plugins = [{ use: './pupil.mjs' }] }: SceneOptions = {},
): Promise<Scene> {
  const pages = await freePort();
  const base = 'https://mail.example.net/learn/';
  const options: PosternOptions = {
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    plugins,
    files: pupilFile,
    settings: {
      training: { links: { url: base, port: pages, ...links }, ...training },
      ...(workers === undefined ? {} : { workers }),
      ...settings,
    },
  };
  const postern: PosternInProcess | PosternProcess = await (workers === undefined
    ? startPostern
    : startPosternProcess)(options);
  await eventually('the pages are there', async () => ((await accepts(pages)) ? true : undefined));
  return {
    postern,
    pages,
    base,
    async retrieve(user) {
      const client = await Pop3Client.connect({ port: postern.port('none') });
      await client.login(user, password);
      const count = Number((await client.command('STAT')).split(' ')[1]);
      const messages: Buffer[] = [];
      for (let number = 1; number <= count; number += 1) {
        messages.push((await client.multiline(`RETR ${number}`)).body);
      }
      await client.command('QUIT');
      await client.closed;
      return messages;
    },
    async sizes(user) {
      const client = await Pop3Client.connect({ port: postern.port('none') });
      await client.login(user, password);
      const { body } = await client.multiline('LIST');
      await client.command('QUIT');
      await client.closed;
      const lines = body.toString().trim().split('\r\n');
      return lines.map((line) => Number(line.split(' ')[1]));
    },
    taught: (count) =>
      eventually(`${count} lessons`, async () => {
        const lines = await taughtIn(postern.folder);
        return lines.length >= count ? lines : undefined;
      }),
    async quarantine(...args) {
      const ended = await runPostern(['quarantine', ...args, '--config', postern.configFile]);
      assert.equal(ended.code, 0, ended.stderr.toString());
      return ended.stdout.toString();
    },
    async reload(more) {
      if (!('reload' in postern)) throw new Error('only in the process of the test');
      const training = { links: { url: base, port: pages } };
      await postern.reload({ settings: { training, ...more } });
    },
    [Symbol.asyncDispose]: () => postern.stop(),
  };
}

export function linkIn(message: Buffer | undefined, name = 'X-Postern-Learn'): string {
  const found = new RegExp(`^${name}: <(.*)>\\r$`, 'm').exec(message?.toString('latin1') ?? '');
  assert.ok(found?.[1] !== undefined, 'the message has a link');
  return found[1];
}

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export function visitor({ base, pages }: Pick<Scene, 'base' | 'pages'>) {
  // As a web server in front does it: another host, and whatever path it likes.
  const local = (link: string): string => link.replace(base, `http://127.0.0.1:${pages}/x/`);
  const ask = async (link: string, init: RequestInit = {}): Promise<Page> => {
    const response = await fetch(local(link), init);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    get: (link: string, headers: Record<string, string> = {}) => ask(link, { headers }),
    press: (link: string, act: string) =>
      ask(link, { method: 'POST', body: new URLSearchParams({ act }) }),
    ask,
  };
}
