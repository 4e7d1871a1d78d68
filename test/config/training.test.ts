import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../src/config/problem.ts';
import { keysForRestart } from '../../src/config/restart-keys.ts';

async function load(training: object, plugins: readonly object[] = [], spam: object = {}) {
  const text = JSON.stringify({
    listeners: [
      { name: 'secure', port: 0, tls: 'implicit' },
      { name: 'plain', port: 0, tls: 'none' },
    ],
    routes: [{ name: 'r', upstream: { host: 'pop.example.net' } }],
    plugins,
    spam,
    training,
  });
  return (await readConfig(text, 'postern.yaml')).config;
}

const links = { url: 'https://mail.example.net/learn', port: 8120 };

test('nothing is kept, shown or learned unless the configuration says so', async () => {
  const { training } = await load({});
  assert.equal(training.links, undefined);
  assert.equal(training.quarantine, undefined);
  assert.equal(training.readerRelease, undefined);
  assert.deepEqual(training.mailboxes, []);
});

test('links have a page on loopback, a field of the header and two weeks', async () => {
  const { training } = await load({ links });
  assert.deepEqual(training.links, {
    url: 'https://mail.example.net/learn/',
    address: '127.0.0.1',
    port: 8120,
    certificateOf: undefined,
    proxies: [
      { family: 'ipv4', address: '127.0.0.0', prefixLength: 8 },
      { family: 'ipv6', address: '::1', prefixLength: 128 },
    ],
    header: 'X-Postern-Learn',
    footer: [],
    senders: true,
    validForDays: 14,
  });
  assert.deepEqual(training.keep, {
    messageBytes: 64 * 1024,
    maxMessages: 20_000,
    maxBytes: 256 * 1024 * 1024,
  });
});

test('a release corrects and a deletion confirms, of what was taken for spam', async () => {
  const { training } = await load({ quarantine: {} });
  assert.deepEqual(training.quarantine, {
    release: 'correction',
    discard: 'confirmation',
    plugins: [],
  });
});

const wrong: readonly (readonly [string, object, readonly object[], RegExp])[] = [
  ['a page without an address', { links: { port: 1 } }, [], /training\.links\.url: /],
  ['an address with a query', { links: { ...links, url: 'https://a/?b' } }, [], /without \? and #/],
  ['an address with a password', { links: { ...links, url: 'https://a:b@c/' } }, [], /expected an/],
  ['an address of another kind', { links: { ...links, url: 'javascript:1' } }, [], /expected an/],
  ['a field of the message itself', { links: { ...links, header: 'Content-Type' } }, [], /with X-/],
  ['a field of our own', { links: { ...links, header: 'x-postern-spam' } }, [], /with X-Postern-/],
  [
    'the certificate of a listener without TLS',
    { links: { ...links, certificate_of: 'plain' } },
    [],
    /links\.certificate_of: expected the name of a listener with TLS/,
  ],
  ['an unknown judgement', { links: { ...links, footer: ['odd'] } }, [], /ham, unsure or spam/],
  [
    'release links without a page',
    { reader_release: {} },
    [],
    /training\.reader_release: expected training\.links/,
  ],
  [
    'findings of a virus scanner for readers to release',
    { links, reader_release: { plugins: ['rules', 'clamav'] } },
    [],
    /reader_release\.plugins\[1\]: expected no virus scanner/,
  ],
  [
    'findings of a virus scanner under another name',
    { links, reader_release: { plugins: ['scanner'] } },
    [{ use: 'clamav', name: 'scanner' }],
    /what scanner finds is never released by a reader/,
  ],
  [
    'a mailbox of proofs without links',
    { mailboxes: [{ user: 'spam@example.net', as: 'spam' }] },
    [],
    /training\.mailboxes\[0\]: expected training\.links/,
  ],
  ['a mailbox for nothing', { mailboxes: [{ user: 'a', as: 'odd' }] }, [], /spam or ham/],
];

for (const [what, training, plugins, message] of wrong) {
  test(`${what}: refused on one line with its place`, async () => {
    await assert.rejects(load(training, plugins), (error) => {
      assert.ok(error instanceof ConfigError);
      const lines = error.problems.map(formatProblem);
      assert.ok(
        lines.some((line) => message.test(line)),
        lines.join('\n'),
      );
      for (const line of lines) assert.match(line, /^postern\.yaml:1:\d+: training\./);
      return true;
    });
  });
}

test('shared examples need no links', async () => {
  const mailbox = { user: 'spamtrap*', as: 'spam', unsigned: 'shared' };
  assert.deepEqual((await load({ mailboxes: [mailbox] })).training.mailboxes, [mailbox]);
});

test('the place of the page is taken up at the next start, everything else at once', async () => {
  const before = await load({ links });
  assert.deepEqual(keysForRestart(before, await load({ links: { ...links, port: 1 } })), [
    'training.links',
  ]);
  assert.deepEqual(
    keysForRestart(before, await load({ links: { ...links, footer: ['spam'] } })),
    [],
  );
});

test('the link and the mark of spam have fields of their own', async () => {
  const training = { links: { ...links, header: 'X-Flag' } };
  await assert.rejects(
    load(training, [], { flag_header: 'x-flag' }),
    /another name than spam\.flag/,
  );
  await load(training, [], { flag_header: 'X-Spam-Flag' });
});
