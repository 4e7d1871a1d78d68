// LIST, STAT and the RETR reply say how many octets are sent, although the chain adds headers and
// replaces messages. Shown before two servers that count by themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSampleMailbox } from '../../src/demo/sample-mailbox.ts';
import { awkwardMessages } from '../helpers/awkward-messages.ts';
import { mailSample } from '../helpers/corpus.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type RunningPostern, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { courier } from '../helpers/servers/courier.ts';
import { dovecot } from '../helpers/servers/dovecot.ts';
import type { RunningServer } from '../helpers/servers/server.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const user = { name: 'kim', password: 'secret' };
const headerBudget = 512;
const chain = [
  { use: 'attachment-policy' },
  { use: 'header-rewrite', options: { add: [{ name: 'X-Filtered', value: 'by {listener}' }] } },
];

interface Sizes {
  /** By message number, from 1. */
  readonly listed: readonly number[];
  readonly stat: number;
  readonly replied: readonly number[];
  readonly sent: readonly number[];
}

async function readSizes(port: number): Promise<Sizes> {
  const client = await Pop3Client.connect({ port });
  await client.login(user.name, user.password);
  const [, , stat] = (await client.command('STAT')).split(' ');
  const lines = (await client.multiline('LIST')).body.toString().trim().split('\r\n');
  const listed = lines.filter(Boolean).map((line) => Number(line.split(' ')[1]));
  const messages = await client.retrieveAll();
  assert.match(await client.command('QUIT'), /^\+OK/);
  return {
    listed,
    stat: Number(stat),
    replied: messages.map(({ status }) => Number(/^\+OK (\d+) octets/.exec(status)?.[1])),
    sent: messages.map(({ body }) => body.length),
  };
}

function assertTruthful({ listed, stat, replied, sent }: Sizes): void {
  assert.deepEqual(sent, listed);
  assert.deepEqual(replied, listed);
  assert.equal(
    sent.reduce((sum, octets) => sum + octets, 0),
    stat,
  );
}

/**
 * At first sight. Courier wraps a message with 8-bit octets in its header for clients without UTF8, and
 * lists it as it was before; such a size can only be remembered.
 */
function assertTruthfulWhereTheServerIs(filtered: Sizes, direct: Sizes): void {
  for (const [index, listed] of filtered.listed.entries()) {
    assert.equal(listed, (direct.listed[index] ?? 0) + headerBudget);
    if (direct.listed[index] !== direct.sent[index]) continue;
    assert.equal(filtered.sent[index], listed, `message ${index + 1}`);
    assert.equal(filtered.replied[index], listed, `message ${index + 1}`);
  }
}

function startBefore(
  server: RunningServer,
  settings: Record<string, object> = {},
): Promise<RunningPostern> {
  const upstream = { port: server.pop3Port, tls: 'none' } as const;
  return startPostern({ upstream, certificates, plugins: chain, settings });
}

for (const kind of [dovecot, courier]) {
  const before = (claim: string): string => `${kind.name}: ${claim}`;
  const start = () => kind.start({ users: [user], tls: certificates.server });

  test(before('300 messages are as long as listed, headers added'), async (t) => {
    if (!needs(t, kind.missing())) return;
    await using server = await start();
    await server.deliver(user.name, await mailSample(t, 300, 2822));
    const direct = await readSizes(server.pop3Port);
    await using postern = await startBefore(server);
    const filtered = await readSizes(postern.port('none'));
    assertTruthfulWhereTheServerIs(filtered, direct);
    assertTruthful(await readSizes(postern.port('none')));

    await using plain = await startBefore(server, { sizes: { header_budget: 0 } });
    const unfilled = await readSizes(plain.port('none'));
    assert.deepEqual(unfilled.listed, direct.listed, 'a budget of 0 lists what the server lists');
    assert.deepEqual(unfilled.replied, unfilled.sent);
  });

  test(before('awkward messages are as long as listed'), async (t) => {
    if (!needs(t, kind.missing())) return;
    await using server = await start();
    await server.deliver(
      user.name,
      awkwardMessages().map(({ octets }) => octets),
    );
    const direct = await readSizes(server.pop3Port);
    await using postern = await startBefore(server);
    assertTruthfulWhereTheServerIs(await readSizes(postern.port('none')), direct);
    assertTruthful(await readSizes(postern.port('none')));
  });

  test(
    before('replaced messages are as long as listed, at the latest from the second session on'),
    async (t) => {
      if (!needs(t, kind.missing())) return;
      await using server = await start();
      const samples = buildSampleMailbox().filter(({ content }) => content.length < 1_000_000);
      await server.deliver(
        user.name,
        samples.map(({ content }) => content),
      );
      await using postern = await startBefore(server);
      await readSizes(postern.port('none'));
      assertTruthful(await readSizes(postern.port('none')));
    },
  );
}
