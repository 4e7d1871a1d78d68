// What is not shown to a real clamd twice, it finds within the message: signatures of every kind, in the
// text of every kind of ordinary letter.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { clamdMissing, type RunningClamd, startClamd } from '../../helpers/clamd.ts';
import { type TemporaryFolder, temporaryFolder } from '../../helpers/process.ts';
import { scanRaw } from '../../helpers/raw-scan.ts';
import { needs } from '../../helpers/requirement.ts';
import { letterHeads, ordinaryLetters, type TextType } from './letters.ts';

/** Type of file and offset as in a database of clamd (.ndb), and a text that has the signature alone. */
const signatures: readonly {
  readonly name: string;
  readonly target: string;
  readonly pattern: string;
  readonly type: TextType;
  readonly text: string;
}[] = [
  {
    name: 'Anywhere.In.Text',
    target: '0:*',
    pattern: 'wanted in any file',
    type: 'plain',
    text: 'Dear Bob,\r\nthis is wanted in any file.\r\n',
  },
  {
    name: 'Start.Of.Text',
    target: '0:0',
    pattern: 'a start of any file',
    type: 'plain',
    text: 'a start of any file\r\n',
  },
  {
    name: 'Normalised.Text',
    target: '7:*',
    pattern: 'wanted in a text',
    type: 'plain',
    text: 'Dear Bob,\r\nthis is   WANTED in a text.\r\n',
  },
  {
    name: 'Start.Of.Normalised.Text',
    target: '7:0',
    pattern: 'a start of a text',
    type: 'plain',
    text: 'A start of a text\r\n',
  },
  {
    name: 'Anywhere.In.Page',
    target: '0:*',
    pattern: 'Wanted In A File',
    type: 'html',
    text: '<html><body><p>Wanted In A File</p></body></html>\r\n',
  },
  {
    name: 'Start.Of.Page',
    target: '0:0',
    pattern: '<html><head><title>begins',
    type: 'html',
    text: '<html><head><title>begins so</title></head><body>x</body></html>\r\n',
  },
  {
    name: 'Normalised.Page',
    target: '3:*',
    pattern: 'wanted in a page',
    type: 'html',
    text: '<html><body><p>WANTED   in\r\n a page</p></body></html>\r\n',
  },
  {
    name: 'Script.In.Page',
    target: '3:*',
    pattern: 'wantedscript(',
    type: 'html',
    text: '<html><body><script>var a = 1; wantedScript(a);</script></body></html>\r\n',
  },
];

let folder: TemporaryFolder | undefined;
let clamd: RunningClamd | undefined;

before(async () => {
  if (clamdMissing() !== undefined) return;
  folder = await temporaryFolder('letter-signatures');
  const lines = signatures.map(({ name, target, pattern }) => {
    return `${name}:${target}:${Buffer.from(pattern, 'latin1').toString('hex')}\n`;
  });
  await writeFile(join(folder.path, 'letters.ndb'), lines.join(''));
  clamd = await startClamd({ config: { DatabaseDirectory: folder.path } });
});

after(async () => {
  await clamd?.stop();
  await folder?.[Symbol.asyncDispose]();
});

for (const [name, letter] of Object.entries({ ...ordinaryLetters, ...letterHeads })) {
  test(`a real clamd finds by itself what is in the text: ${name}`, async (t) => {
    if (!needs(t, clamdMissing())) return;
    assert.ok(clamd);
    for (const { name: signature, type, text } of signatures) {
      const octets = Buffer.from(letter(type, text), 'latin1');
      assert.equal(await scanRaw(clamd.socketPath, octets), `${signature}.UNOFFICIAL`, signature);
    }
  });
}
