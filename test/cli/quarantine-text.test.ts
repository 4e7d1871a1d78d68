import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { entryTable, headerLines } from '../../src/cli/quarantine-text.ts';
import type { QuarantineEntry } from '../../src/stores/store.ts';
import { inChunks, letter, recordOf } from '../stores/quarantine-fixture.ts';

const entry: QuarantineEntry = {
  ...recordOf(letter),
  id: '0'.repeat(32),
  code: 'K7QF-2M9P-X4TD',
  state: 'held',
  storedAtMs: Date.UTC(2026, 10, 2, 9, 12),
  changedAtMs: Date.UTC(2026, 10, 2, 9, 12),
};

test('columns are as wide as what stands in them, up to a limit', () => {
  const long = { ...entry, state: 'released', subject: 'x'.repeat(100) } as const;
  assert.deepEqual(
    entryTable([
      { ...entry, user: 'ann', subject: 'Zürich 🎁' },
      { ...long, user: 'b' },
    ]),
    [
      `CODE            STORED            STATE     ACCOUNT  FROM           SUBJECT${' '.repeat(33)}  FINDINGS`,
      `K7QF-2M9P-X4TD  2026-11-02 09:12  held      ann      a@example.org  Zürich 🎁${' '.repeat(32)}  Eicar-Test-Signature`,
      `K7QF-2M9P-X4TD  2026-11-02 09:12  released  b        a@example.org  ${'x'.repeat(39)}…  Eicar-Test-Signature`,
    ],
  );
  assert.equal(entryTable([]).length, 1);
});

test('the header is shown up to its end, in whatever chunks it comes', async () => {
  const message = Buffer.from('From: ä\r\nSubject: b\n\tfold\r\n\r\nbody\r\n');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (size) => {
      assert.deepEqual(await headerLines(inChunks(message, size)), [
        'From: ä',
        'Subject: b',
        '\\tfold',
      ]);
    }),
  );
});

test('a message without a body, or of octets that are no text, has a header too', async () => {
  assert.deepEqual(await headerLines(inChunks(Buffer.from('Subject: x'))), ['Subject: x']);
  assert.deepEqual(await headerLines(inChunks(Buffer.alloc(0))), ['']);
  const latin1 = Buffer.from('Subject: \xe4\x80\r\n\r\n', 'latin1');
  assert.deepEqual(await headerLines(inChunks(latin1)), ['Subject: ä\\x80']);
});

test('of a header without an end no more than 256 KB is read', async () => {
  let read = 0;
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      read += 65_536;
      yield Buffer.from('X-Long: 1\r\n'.repeat(5958).slice(0, 65_536));
    }
  }
  const lines = await headerLines(endless());
  assert.equal(lines.at(-1), '(more)');
  assert.ok(read <= 6 * 65_536);
});
