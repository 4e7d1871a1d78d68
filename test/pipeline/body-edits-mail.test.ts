// Edits of mail as people send it: nothing but the edited part changes, and a stranger's parser agrees.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { canonicalText } from '../../src/message/content-encoding.ts';
import { toCrlf } from '../../src/message/line-ends.ts';
import { MessageEdits } from '../../src/pipeline/message-edits.ts';
import { renderEdited } from '../../src/pipeline/render.ts';
import type { BodyEditor } from '../../src/plugin-api/transform.ts';
import { mailSample } from '../helpers/corpus.ts';
import { collect, wholeMessage } from '../helpers/pipeline.ts';
import { temporaryFolder } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { readParts } from '../message/mime-editing.ts';

const count = 300;
const seed = 4;
const banner = { contentType: 'text/plain', content: 'From outside.\n' };

async function edited(
  octets: Buffer,
  change: (body: BodyEditor) => Promise<unknown>,
): Promise<Buffer> {
  const message = wholeMessage(octets);
  const header = await message.header();
  const edits = new MessageEdits(message.spool, header);
  await change(edits.body.editor());
  const rendered = renderEdited(edits, undefined);
  const whole = Buffer.concat([rendered.head, await collect(rendered.body())]);
  assert.equal(rendered.octets, whole.length);
  return whole;
}

/** The first text that can be read; most messages have one. */
async function firstText(body: BodyEditor): Promise<{ path: string; text: string } | undefined> {
  for await (const { path } of body.parts()) {
    const text = await body.text(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

const sample = (t: TestContext): Promise<Buffer[]> => mailSample(t, count, seed);

test('a message that is looked at, or edited and restored, keeps every octet', async (t) => {
  for (const octets of await sample(t)) {
    assert.deepEqual(await edited(octets, firstText), octets);
  }
});

test('a text that is set to itself says the same, and all other parts keep their octets', async (t) => {
  let seen = 0;
  for (const octets of await sample(t)) {
    let found: Awaited<ReturnType<typeof firstText>>;
    const outcome = await edited(octets, async (body) => {
      found = await firstText(body);
      if (found !== undefined) await body.setText(found.path, found.text);
    });
    if (found === undefined) continue;
    seen += 1;
    const { path, text } = found;
    await edited(outcome, async (body) => {
      const expected = canonicalText(text);
      const read = (await body.text(path)) ?? '';
      // The end of a message is the end of a line.
      const isLast = readParts(octets).at(-1)?.part.path === path;
      assert.ok(read === expected || (isLast && read === `${expected}\r\n`));
    });
    const others = (message: Buffer): unknown =>
      readParts(message)
        .filter(({ part }) => part.path !== path)
        .map(({ part, content }) => [part.path, part.headers.bytes.toString('latin1'), content]);
    assert.deepEqual(others(outcome), others(octets));
  }
  assert.ok(seen > count / 2);
});

test('a part that is added and dropped again leaves the others as they were', async (t) => {
  for (const octets of await sample(t)) {
    const before = readParts(octets).map(({ content }) => content);
    let last = '';
    const outcome = await edited(octets, async (body) => {
      await body.add(banner);
      for await (const { path, depth } of body.parts()) if (depth === 1) last = path;
      await body.drop(last);
    });
    const after = readParts(outcome).map(({ content }) => content);
    assert.deepEqual(after.slice(after.length - before.length), before);
    assert.ok(after.length - before.length <= 1);
  }
});

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('../helpers/mime-tree.py', import.meta.url));

type Tree = string | readonly Tree[];

async function treesOf(messages: readonly Buffer[]): Promise<readonly Tree[]> {
  await using folder = await temporaryFolder('trees');
  const files = messages.map((_, index) => join(folder.path, `${index}.eml`));
  for (const [index, message] of messages.entries()) await writeFile(files[index] ?? '', message);
  const { status, stdout, stderr } = spawnSync(python, [script], {
    input: JSON.stringify(files),
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(status, 0, stderr.toString());
  return JSON.parse(stdout.toString()) as readonly Tree[];
}

function withBanner(tree: Tree): Tree {
  const isMixed = typeof tree !== 'string' && tree[0] === 'multipart/mixed';
  return isMixed ? [...tree, 'text/plain'] : ['multipart/mixed', tree, 'text/plain'];
}

test("Python's email package finds the tree that was meant", async (t) => {
  if (!needs(t, existsSync(python) ? undefined : `${python} is not installed`)) return;
  const originals = (await sample(t)).map(toCrlf);
  const before = await treesOf(originals);
  const set: Buffer[] = [];
  const added: Buffer[] = [];
  for (const octets of originals) {
    set.push(
      await edited(octets, async (body) => {
        const found = await firstText(body);
        if (found !== undefined) await body.setText(found.path, found.text);
      }),
    );
    added.push(await edited(octets, (body) => body.add(banner)));
  }
  assert.deepEqual(await treesOf(set), before);
  assert.deepEqual(await treesOf(added), before.map(withBanner));
});
