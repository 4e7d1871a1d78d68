// How readers teach the filter, before a real Dovecot: by links in what they retrieve, by what they release,
// and by what they forward.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { postern as runPostern } from '../cli/postern.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import {
  type PosternOptions,
  type RunningPostern,
  startPostern,
  startPosternProcess,
} from '../helpers/postern.ts';
import { accepts, eventually, freePort } from '../helpers/process.ts';
import { pupilFile, type TaughtLine, taughtIn } from '../helpers/pupil.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'secret';
const missing = dovecotMissing();

let dovecot: RunningDovecot;
let users = 0;

before(async () => {
  if (missing !== undefined) return;
  const names = Array.from({ length: 24 }, (_, index) => ({ name: `pupil${index}`, password }));
  dovecot = await startDovecot({ users: names, tls: certificates.server });
});

after(() => dovecot?.stop());

function newUser(): string {
  return `pupil${users++}`;
}

function letter(subject: string, ...more: readonly string[]): Buffer {
  const head = ['From: Ann <ann@example.org>', 'Date: Mon, 2 Nov 2026 10:00:00 +0000'];
  return Buffer.from([...head, `Subject: ${subject}`, ...more, '', 'some text', ''].join('\r\n'));
}

interface Scene extends AsyncDisposable {
  readonly postern: RunningPostern;
  /** Of the pages. */
  readonly pages: number;
  readonly base: string;
  /** All messages of the account, as it gets them. */
  retrieve(user: string): Promise<Buffer[]>;
  taught(count: number): Promise<TaughtLine[]>;
  quarantine(...args: readonly string[]): Promise<string>;
}

interface SceneOptions {
  readonly workers?: number;
  readonly training?: object;
  readonly links?: object;
  readonly settings?: Readonly<Record<string, object>>;
}

async function scene({ workers, training, links, settings }: SceneOptions = {}): Promise<Scene> {
  const pages = await freePort();
  const base = 'https://mail.example.net/learn/';
  const options: PosternOptions = {
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    plugins: [{ use: './pupil.mjs' }],
    files: pupilFile,
    settings: {
      training: { links: { url: base, port: pages, ...links }, ...training },
      ...(workers === undefined ? {} : { workers }),
      ...settings,
    },
  };
  const postern = await (workers === undefined ? startPostern : startPosternProcess)(options);
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
    [Symbol.asyncDispose]: () => postern.stop(),
  };
}

function linkIn(message: Buffer | undefined, name = 'X-Postern-Learn'): string {
  const found = new RegExp(`^${name}: <(.*)>\\r$`, 'm').exec(message?.toString('latin1') ?? '');
  assert.ok(found?.[1] !== undefined, 'the message has a link');
  return found[1];
}

interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

function visitor({ base, pages }: Pick<Scene, 'base' | 'pages'>) {
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

for (const workers of [undefined, 2]) {
  const where = workers === undefined ? 'one process' : `${workers} workers`;

  test(`${where}: a reader says what a message is, and takes it back`, async (t) => {
    if (!needs(t, missing)) return;
    const user = newUser();
    await dovecot.deliver(user, [letter('ham of a friend'), letter('spam of a stranger')]);
    await using running = await scene({ ...(workers === undefined ? {} : { workers }) });
    const [friendly, strange] = await running.retrieve(user);
    const { get, press } = visitor(running);

    for (let visit = 0; visit < 20; visit += 1) {
      const page = await get(linkIn(friendly));
      assert.equal(page.status, 200);
      assert.match(page.text, /ham of a friend/);
      assert.match(page.text, /took it for wanted mail/);
    }
    const again = await running.retrieve(user);
    assert.equal(linkIn(again[0]), linkIn(friendly), 'the same message has the same link');
    assert.deepEqual(await running.taught(0), [], 'to look teaches nothing');

    const done = await press(linkIn(friendly), 'spam');
    assert.equal(done.status, 200);
    assert.match(done.text, /has learned that this is spam/);
    assert.match(done.text, /value="forget">Undo</);
    const undone = await press(linkIn(friendly), 'forget');
    assert.match(undone.text, /has forgotten/);
    assert.match((await press(linkIn(strange), 'ham')).text, /has learned that this is not spam/);
    assert.match((await press(linkIn(strange), 'block')).text, /always blocked from now on/);
    const shown = await get(linkIn(strange));
    assert.match(shown.text, /You have said: it is not spam/);
    assert.match(shown.text, /Its sender is always blocked/);

    const common = { source: 'link', user };
    const octets = {
      friend: letter('ham of a friend').length,
      other: letter('spam of a stranger').length,
    };
    const friend = { ...common, subject: 'ham of a friend', octets: octets.friend };
    const other = { ...common, subject: 'spam of a stranger', octets: octets.other };
    assert.deepEqual(await running.taught(4), [
      { kind: 'lesson', as: 'spam', weight: 'correction', ...friend },
      { kind: 'lesson', as: 'forget', weight: 'correction', ...friend },
      { kind: 'lesson', as: 'ham', weight: 'correction', ...other },
      { kind: 'sender', as: 'block', ...other },
    ]);
  });

  test(`${where}: what was released or deleted by command is learned, unless a virus was found`, async (t) => {
    if (!needs(t, missing)) return;
    const user = newUser();
    await dovecot.deliver(user, [letter('spam one'), letter('spam two'), letter('virus three')]);
    await using running = await scene({
      ...(workers === undefined ? {} : { workers }),
      training: { quarantine: {} },
      settings: { spam: { on_spam: 'hold' } },
    });
    await running.retrieve(user);
    const codes = (await running.quarantine('list', '--json'))
      .trim()
      .split('\n')
      .map((line): { code: string; subject: string } => JSON.parse(line));
    const codeOf = (subject: string): string =>
      codes.find((each) => each.subject === subject)?.code ?? '';
    assert.match(await running.quarantine('release', codeOf('spam one')), /will learn from it/);
    assert.match(await running.quarantine('delete', codeOf('spam two')), /will learn from it/);
    assert.doesNotMatch(await running.quarantine('release', codeOf('virus three')), /learn/);
    await running.quarantine('release', codeOf('spam one'));

    const taught = await running.taught(2);
    assert.deepEqual(
      taught.map(({ as, weight, source, subject }) => [as, weight, source, subject]),
      [
        ['ham', 'correction', 'quarantine', 'spam one'],
        ['spam', 'confirmation', 'quarantine', 'spam two'],
      ],
    );
  });
}
