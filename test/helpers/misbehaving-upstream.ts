// Owns the whole proxy in front of a server that misbehaves: set up, logged in to, and shown to be
// none the worse for it.
import assert from 'node:assert/strict';
import { ConnectionEnded, type MultilineReply, Pop3Client } from './pop3-client.ts';
import { type PosternInProcess, startPostern } from './postern.ts';
import { account, type Manner, type StoredMessage, serveMaildrop } from './scripted-maildrop.ts';
import { type Script, type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { makeTestCertificates } from './test-certificates.ts';

export const certificates = makeTestCertificates();

/** What the client may be told when it is the server's fault and may pass. */
export const comeBack = /^-ERR \[SYS\/TEMP\] \S/;

export const messages: readonly StoredMessage[] = [
  { uidl: 'first', content: 'Subject: one\r\n\r\n.dot\r\n..\r\none\r\n' },
  { uidl: 'second', content: 'Subject: two\r\n\r\ntwo\r\n' },
  { uidl: 'third', content: 'Subject: three\r\n\r\nthree\r\n' },
];

/** Whether messages go through as they come, or are judged and get another header. */
export type Chain = 'no plugins' | 'a chain';
export const chains: readonly Chain[] = ['no plugins', 'a chain'];

const plugins: Readonly<Record<Chain, readonly object[]>> = {
  'no plugins': [],
  'a chain': [
    { use: 'attachment-policy' },
    { use: 'header-rewrite', options: { add: [{ name: 'X-Filtered', value: 'yes' }] } },
  ],
};

export interface BedOptions {
  /** By the number of the connection, from 0; after the last of them the server behaves. */
  readonly sessions: readonly (Manner | Script)[];
  readonly chain?: Chain;
  readonly tls?: 'none' | 'stls';
  readonly timeouts?: Readonly<Record<string, string>>;
  readonly limits?: object;
  readonly stored?: readonly StoredMessage[];
}

export interface Bed extends AsyncDisposable {
  readonly postern: PosternInProcess;
  readonly upstream: ScriptedUpstream;
  /** A client that has the greeting and is not logged in. */
  connect(): Promise<Pop3Client>;
  /** A client that is logged in. */
  logIn(): Promise<Pop3Client>;
  /** Logs in on a new connection and downloads everything, which has to be right. */
  assertServes(): Promise<void>;
}

export async function startBed(options: BedOptions): Promise<Bed> {
  const { sessions, chain = 'no plugins', tls = 'none', limits, stored = messages } = options;
  const upstream = await startScriptedUpstream((index) => {
    const session = sessions[index] ?? {};
    return isScript(session) ? session : serveMaildrop(stored, session);
  });
  const postern = await startPostern({
    upstream: { port: upstream.port, tls },
    certificates,
    plugins: plugins[chain],
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    settings: {
      // A server that misbehaves may call a password wrong that is right.
      logins: { same_password: '0s' },
      ...(limits === undefined ? {} : { limits }),
    },
  });
  const connect = (): Promise<Pop3Client> => Pop3Client.connect({ port: postern.port('none') });
  const logIn = async (): Promise<Pop3Client> => {
    const client = await connect();
    await client.login(account.user, account.password);
    return client;
  };
  return {
    postern,
    upstream,
    connect,
    logIn,
    async assertServes() {
      const client = await logIn();
      const replies = await client.retrieveAll();
      assert.equal(replies.length, stored.length);
      for (const [index, { content }] of stored.entries()) {
        assertIsMessage(replies[index], content, chain);
      }
      assert.match(await client.command('QUIT'), /^\+OK/);
      await client.closed;
    },
    async [Symbol.asyncDispose]() {
      await postern.stop();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

function isScript(session: Manner | Script): session is Script {
  return Array.isArray(session);
}

/** The reply to PASS. */
export async function passReply(client: Pop3Client): Promise<string> {
  assert.match(await client.command(`USER ${account.user}`), /^\+OK/);
  return client.command(`PASS ${account.password}`);
}

/** A whole message: as stored, or with fields of the chain above what was stored. */
export function assertIsMessage(
  reply: MultilineReply | undefined,
  content: string,
  chain: Chain,
): void {
  const body = reply?.body.toString('latin1') ?? 'no reply';
  if (chain === 'no plugins') {
    assert.equal(body, content);
    return;
  }
  assert.ok(body.endsWith(content), `${JSON.stringify(body)} ends with the message`);
  const added = body.slice(0, -content.length);
  assert.match(added, /^(?:X-[^\r\n]*\r\n|[ \t][^\r\n]*\r\n)+$/);
}

export interface Outcome {
  /** Empty when the connection ended before there was one. */
  readonly status: string;
  readonly isComplete: boolean;
}

/** How a RETR that was sent ends for the client: a refusal, a message, or a connection that was cut. */
export async function outcomeOf(client: Pop3Client): Promise<Outcome> {
  let status = '';
  try {
    status = await client.readLine();
    if (!/^\+OK(?: |$)/.test(status)) return { status, isComplete: false };
    await client.readContent();
    return { status, isComplete: true };
  } catch (error) {
    if (!(error instanceof ConnectionEnded)) throw error;
    return { status, isComplete: false };
  }
}

/** Nothing that could be taken for a message; a refusal has a code. */
export function assertBroken({ status, isComplete }: Outcome): void {
  assert.equal(isComplete, false, `a complete-looking message after "${status}"`);
  if (status.startsWith('-')) assert.match(status, comeBack);
}

/** Nothing was deleted and no session of the server has entered its UPDATE state. */
export function assertNoUpdate({ upstream }: Bed): void {
  for (const { received } of upstream.connections) assert.doesNotMatch(received, /QUIT|DELE/);
}
