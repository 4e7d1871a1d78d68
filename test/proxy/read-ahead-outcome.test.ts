// Whatever a client does, what it is given and what is deleted are the same with messages read ahead and
// without; only the RETRs that an upstream sees differ.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { block, flag, pass, tempfail } from '../../src/plugin-api/verdict.ts';
import { loaded } from '../helpers/pipeline.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy } from '../helpers/proxy.ts';
import {
  type Answers,
  account,
  lines,
  okReply,
  type StoredMessage,
  serveMaildrop,
  wireReply,
} from '../helpers/scripted-maildrop.ts';
import { startScriptedUpstream } from '../helpers/scripted-upstream.ts';

interface Mailbox {
  readonly messages: readonly StoredMessage[];
  /** Numbers that are never given. */
  readonly refused: readonly number[];
  readonly hasPipelining: boolean;
  /** The server lists everything as that many times smaller. */
  readonly shrink: number;
  readonly inChunksOf: number | undefined;
}

interface Dialogue {
  readonly commands: readonly string[];
  readonly isPipelined: boolean;
  readonly ending: 'QUIT' | 'vanish';
}

interface Outcome {
  readonly replies: readonly string[];
  readonly updates: readonly string[];
}

const warnings: string[] = [];
const onWarning = ({ message }: Error): void => void warnings.push(message);
process.on('warning', onWarning);
after(() => {
  process.off('warning', onWarning);
  assert.deepEqual(warnings, []);
});

/** Judges by the content alone, and leaves a mark. */
const judge: LoadedPlugin = loaded(
  {
    cacheKey: () => 'v1',
    async inspect(message) {
      const headers = await message.headers();
      const subject = headers.get('Subject') ?? '';
      if (subject.includes('3')) return block('three');
      if (subject.includes('4')) return tempfail('not today');
      return subject.includes('5') ? flag('five') : pass();
    },
    async transform({ edit }, next) {
      edit.add('X-Seen', 'yes');
      await next();
    },
  },
  { name: 'judge', timeoutMs: 60_000, onBlock: 'tag' },
);

function answersOf({ messages, refused, hasPipelining, shrink }: Mailbox): Answers {
  const capabilities = ['USER', 'UIDL', 'TOP', ...(hasPipelining ? ['PIPELINING'] : [])];
  const sizes = messages.map(
    ({ content }, index) => `${index + 1} ${Math.ceil(content.length / shrink)}`,
  );
  return {
    CAPA: lines('+OK', ...capabilities),
    LIST: lines('+OK', ...sizes),
    RSET: okReply,
    ...Object.fromEntries(
      messages.flatMap(({ content }, index) => [
        [`TOP ${index + 1} 0`, wireReply(`${content.split('\r\n\r\n')[0]}\r\n\r\n`)],
      ]),
    ),
    ...Object.fromEntries(
      refused.map((number) => [`RETR ${number}`, '-ERR [SYS/TEMP] not now\r\n']),
    ),
  };
}

async function replyTo(client: Pop3Client, command: string): Promise<string> {
  const isMultiline = /^(?:RETR|TOP|UIDL$|LIST$)/.test(command);
  if (!isMultiline) return client.readLine();
  const { status, raw } = await client.readMultiline();
  return `${status}\r\n${raw.toString('latin1')}`;
}

async function play(
  mailbox: Mailbox,
  { commands, isPipelined, ending }: Dialogue,
  settings: { readonly plugins: readonly LoadedPlugin[]; readonly readAhead: 'auto' | 'off' },
): Promise<Outcome> {
  const { messages, inChunksOf } = mailbox;
  const answers = answersOf(mailbox);
  const manner = inChunksOf === undefined ? { answers } : { answers, inChunksOf };
  await using upstream = await startScriptedUpstream(serveMaildrop(messages, manner));
  const proxy = await startProxy({
    plugins: settings.plugins,
    upstream: { port: upstream.port, read_ahead: settings.readAhead },
  });
  const replies: string[] = [];
  const client = await Pop3Client.connect({ port: proxy.port });
  try {
    await client.login(account.user, account.password);
    const all = ending === 'QUIT' ? [...commands, 'QUIT'] : commands;
    if (isPipelined) client.send(all.map((command) => `${command}\r\n`).join(''));
    for (const command of all) {
      if (!isPipelined) client.send(`${command}\r\n`);
      replies.push(await replyTo(client, command));
    }
    if (ending === 'QUIT') await client.closed;
  } finally {
    client.destroy();
    await proxy[Symbol.asyncDispose]();
  }
  assert.equal(proxy.services.spool.budget.usedBytes, 0);
  const errors = proxy.services.log.lines.filter(({ level }) => level === 'error');
  assert.deepEqual(errors, []);
  await upstream.done();
  const said = upstream.connections.flatMap(({ received }) => received.split('\r\n'));
  const updates = said.filter((line) => /^(?:DELE|QUIT)/.test(line));
  const isInOrder =
    said.findLastIndex((line) => line.startsWith('RETR')) <
    said.findIndex((line) => /^(?:DELE|QUIT)/.test(line));
  assert.ok(updates.length === 0 || isInOrder || !said.some((line) => line.startsWith('RETR')));
  return { replies, updates };
}

const bodies = fc.oneof(
  fc.constantFrom('text\r\n', '.\r\n..\r\n.x\r\n', '', 'no end', 'bare\n.\nlf\r\n', 'a\r.\rb\r\n'),
  fc
    .integer({ min: 1, max: 3000 })
    .map((count) => 'line of text, and more of it\r\n'.repeat(count)),
);

const mailboxes: fc.Arbitrary<Mailbox> = fc
  .record({
    bodies: fc.array(bodies, { minLength: 1, maxLength: 9 }),
    refused: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 }),
    hasPipelining: fc.boolean(),
    shrink: fc.constantFrom(1, 1, 2, 100_000),
    inChunksOf: fc.constantFrom(undefined, undefined, 1460, 30_000),
  })
  .map(({ bodies: all, ...rest }) => ({
    ...rest,
    messages: all.map((body, index) => ({
      uidl: `u${index}`,
      content: `Subject: ${index + 1}\r\n\r\n${body}`,
    })),
  }));

const numbers = fc.integer({ min: 1, max: 9 });
const commands = fc.oneof(
  { weight: 6, arbitrary: numbers.map((number) => `RETR ${number}`) },
  {
    weight: 4,
    arbitrary: numbers.map((number) => [number, number + 1, number + 2].map((n) => `RETR ${n}`)),
  },
  { weight: 2, arbitrary: numbers.map((number) => `DELE ${number}`) },
  numbers.map((number) => `TOP ${number} 0`),
  fc.constantFrom('RSET', 'NOOP', 'STAT', 'LIST', 'UIDL'),
);

const dialogues: fc.Arbitrary<Dialogue> = fc.record({
  commands: fc.array(commands, { minLength: 1, maxLength: 12 }).map((all) => all.flat()),
  isPipelined: fc.boolean(),
  ending: fc.constantFrom('QUIT', 'QUIT', 'vanish'),
});

for (const plugins of [[], [judge]]) {
  test(`the outcome is the same with and without reading ahead, ${plugins.length} plugins`, async () => {
    await fc.assert(
      fc.asyncProperty(mailboxes, dialogues, async (mailbox, dialogue) => {
        const [ahead, plain] = await Promise.all(
          (['auto', 'off'] as const).map((readAhead) =>
            play(mailbox, dialogue, { plugins, readAhead }),
          ),
        );
        assert.deepEqual(ahead, plain);
      }),
      { numRuns: 60 },
    );
  });
}
