// Engines that give scores, with a client on one side and a scripted server on the other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import type { Observation } from '../../src/plugin-api/observation.ts';
import { block, score, tempfail, type Verdict } from '../../src/plugin-api/verdict.ts';
import { loaded } from '../helpers/pipeline.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { startProxy, type TestProxy } from '../helpers/proxy.ts';
import { account, serveMaildrop } from '../helpers/scripted-maildrop.ts';
import { startScriptedUpstream } from '../helpers/scripted-upstream.ts';

const content = 'X-Postern-Spam: ham; forged\r\nSubject: x\r\n\r\none\r\n';
const stripped = 'Subject: x\r\n\r\none\r\n';

function engine(name: string, verdict: Verdict): LoadedPlugin {
  return loaded({ givesScores: true, inspect: async () => verdict }, { name });
}

const sure = engine('words', score(4, [{ name: 'word:prize', logOdds: 4 }]));
const doubtful = engine('rules', score(-1));

async function retrieve(
  plugins: readonly LoadedPlugin[],
  spam: Readonly<Record<string, unknown>>,
  use: (reply: () => Promise<string>, proxy: TestProxy) => Promise<void>,
): Promise<void> {
  await using upstream = await startScriptedUpstream(() => serveMaildrop([{ uidl: 'a', content }]));
  await using proxy = await startProxy({ plugins, upstream: { port: upstream.port }, spam });
  const client = await Pop3Client.connect({ port: proxy.port });
  try {
    await client.login(account.user, account.password);
    const reply = async (): Promise<string> => {
      const { status, body } = await client.multiline('RETR 1');
      return `${status}\r\n${body}`;
    };
    await use(reply, proxy);
  } finally {
    client.destroy();
  }
}

test('all scores together stand in the header, in the log and in what recorders are told', async () => {
  const seen: Observation[] = [];
  const recorder = loaded({ observe: async (each) => void seen.push(each) }, { name: 'recorder' });
  await retrieve([sure, doubtful, recorder], {}, async (reply, { services }) => {
    const field =
      'X-Postern-Spam: spam; probability=95.3%; words=+4.00 (word:prize +4.00),\r\n rules=-1.00';
    assert.ok((await reply()).includes(`${field}\r\n`));
    const [line] = services.log.lines.filter(({ text }) => text === 'message delivered');
    assert.equal(line?.fields['spam'], 'spam');
    assert.deepEqual(line?.fields['spamParts'], { words: 4, rules: -1 });
  });
  const [judged] = seen.filter((each) => each.kind === 'messageJudged');
  assert.equal(judged?.spam?.logOdds, 3);
  assert.equal(judged?.action, 'tag');
  assert.deepEqual(
    judged?.verdicts.map(({ plugin, verdict }) => `${plugin} ${verdict.kind}`),
    ['words score', 'rules score', 'postern block'],
  );
});

test('held spam is in quarantine, and a notice is there', async () => {
  await retrieve([sure], { on_spam: 'hold' }, async (reply, { services }) => {
    assert.match(await reply(), /recognised as unwanted mail/);
    const [entry] = await services.quarantine.list({});
    assert.deepEqual(entry?.findings, [{ plugin: 'postern', finding: 'spam' }]);
  });
});

test('without an engine in the chain a message keeps every octet but for forged fields', async () => {
  await retrieve(
    [loaded({ inspect: async () => block('x') }, { onBlock: 'pass' })],
    {},
    async (reply) => {
      assert.ok((await reply()).endsWith(`\r\n${stripped}`));
    },
  );
});

test('a score from a plugin that does not give any is a failure of that plugin', async () => {
  const liar = loaded({ inspect: async () => score(-20, [], { isFinal: true }) });
  await retrieve([liar], {}, async (reply) => {
    assert.match(await reply(), /^-ERR \[SYS\/TEMP\]/);
  });
});

test('an engine that is down defers the message, whatever the others say', async () => {
  const down = engine('rspamd', tempfail('not reachable'));
  await retrieve([sure, down], {}, async (reply) => {
    assert.match(await reply(), /^-ERR \[SYS\/TEMP\]/);
  });
});

test('what another plugin blocks stays blocked in mail from a sender that the reader allows', async () => {
  const allowed = engine('lists', score(-20, [], { isFinal: true }));
  const scanner = loaded({ inspect: async () => block('Eicar') }, { name: 'clamav' });
  await retrieve([allowed, scanner], {}, async (reply) => {
    assert.match(await reply(), /Eicar/);
  });
});
