import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extractFeatures } from '../../../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../../../plugins/spam/features/sample.ts';
import { SpamModel } from '../../../../plugins/spam/learning/model.ts';
import { readModelFile } from '../../../../plugins/spam/models/model-file.ts';
import { ann, ben, letter, type Setting, setting } from './setting.ts';

async function* inPieces(octets: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}

async function exported({ models }: Setting, account = ann): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of models.knowledge.export(account) ?? []) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function taught(options: Parameters<typeof setting>[0] = {}): Promise<Setting> {
  const made = setting(options);
  for (const number of [1, 2, 3]) {
    await made.learn(ann, 'spam', letter('spam', number));
    await made.learn(ann, 'ham', letter('ham', number));
  }
  return made;
}

test('what was exported judges the same elsewhere, and can be taken back there', async () => {
  const here = await taught();
  const there = setting();
  const before = there.scoreOf(ben, letter('spam', 9));
  await there.learn(ben, 'ham', letter('spam', 9));
  const entry = await there.models.knowledge.import(ben, inPieces(await exported(here)));
  assert.deepEqual([entry.spamLessons, entry.hamLessons], [3, 3]);
  assert.equal(there.scoreOf(ben, letter('spam', 9)), here.scoreOf(ann, letter('spam', 9)));
  assert.equal((await there.learn(ben, 'spam', letter('spam', 1))).kind, 'unchanged');
  for (const number of [1, 2, 3]) {
    assert.equal((await there.learn(ben, 'forget', letter('spam', number))).kind, 'learned');
    assert.equal((await there.learn(ben, 'forget', letter('ham', number))).kind, 'learned');
  }
  assert.equal(there.scoreOf(ben, letter('spam', 9)), before);
});

test('where models begin with something else, the model is made anew of its lessons', async () => {
  const here = await taught();
  const base = SpamModel.empty();
  base.train(extractFeatures(sampleOf(letter('ham', 50))), 'ham', 'correction');
  const there = setting({ base });
  const before = there.scoreOf(ben, letter('spam', 1));
  await there.models.knowledge.import(ben, inPieces(await exported(here)));
  assert.ok(there.scoreOf(ben, letter('spam', 1)) > before);
});

test('nothing is exported where nothing was learned', async () => {
  assert.equal(setting().models.knowledge.export(ann), undefined);
});

test('the list names each account that has learned, and what all have', async () => {
  const { models, learn } = await taught();
  await learn(undefined, 'spam', letter('spam', 7), { source: 'command' });
  const entries = [];
  for await (const { account, spamLessons, hamLessons } of models.knowledge.list()) {
    entries.push([account?.user, spamLessons, hamLessons]);
  }
  assert.deepEqual(entries, [
    [undefined, 1, 0],
    [ann.user, 3, 3],
  ]);
});

const head = '{"format":"postern-spam-model","version":1,"model":null}\n';
const lesson =
  '{"message":"00000000000000000000000000000000","as":"spam","weight":"correction","taught":"2026-01-01T00:00:00.000Z","step":null}\n';
const nowMs = Date.parse('2026-06-01T00:00:00Z');

const hostile: Readonly<Record<string, string>> = {
  'an empty file': '',
  'no JSON': 'hello\n',
  'a list': '[]\n',
  'another format': '{"format":"x","version":1,"model":null}\n',
  'a version of the future': '{"format":"postern-spam-model","version":2,"model":null}\n',
  'a model that is no base64': '{"format":"postern-spam-model","version":1,"model":"?"}\n',
  'a lesson before the head': lesson,
  'a mark that is too short': head + lesson.replace('0000', ''),
  'a label of its own': head + lesson.replace('"spam"', '"SPAM"'),
  'a weight of its own': head + lesson.replace('correction', 'truth'),
  'a lesson of the future': head + lesson.replace('2026-01', '2031-01'),
  'no time': head + lesson.replace('2026-01-01T00:00:00.000Z', 'today'),
  'a step that is none': head + lesson.replace('"step":null', '"step":"AAAA"'),
  'a prototype in place of fields': `{"__proto__":{"format":"postern-spam-model","version":1,"model":null}}\n`,
};

for (const [what, text] of Object.entries(hostile)) {
  test(`an import is refused with its line: ${what}`, async () => {
    await assert.rejects(readModelFile(inPieces(Buffer.from(text)), nowMs), {
      code: 'SPAM_MODEL_INVALID',
      message: /^this is no model of the spam filter: /,
    });
  });
}

test('a refused import leaves what was there', async () => {
  const here = await taught();
  const before = here.scoreOf(ann, letter('spam', 1));
  const { knowledge } = here.models;
  const good = await exported(here);
  for (const bad of [
    good.subarray(0, good.length - 20),
    Buffer.concat([good, Buffer.from('{"as":1}\n')]),
    Buffer.from(head.replace('null', `"${Buffer.alloc(300, 7).toString('base64')}"`)),
  ]) {
    await assert.rejects(knowledge.import(ann, inPieces(bad)), { code: 'SPAM_MODEL_INVALID' });
  }
  assert.equal(here.scoreOf(ann, letter('spam', 1)), before);
});

test('lines without end and files without end are cut off', async () => {
  async function* endless(piece: Buffer): AsyncGenerator<Buffer> {
    for (;;) yield piece;
  }
  const code = { code: 'SPAM_MODEL_INVALID' };
  await assert.rejects(readModelFile(endless(Buffer.alloc(1 << 20, 0x61)), nowMs), code);
  async function* lessons(): AsyncGenerator<Buffer> {
    yield Buffer.from(head);
    yield* endless(Buffer.from(lesson.repeat(1000)));
  }
  await assert.rejects(readModelFile(lessons(), nowMs), code);
});

test('any octets are either a model or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (octets) => {
      const text = Buffer.concat([Buffer.from(head), Buffer.from(octets)]);
      const read = await readModelFile(inPieces(text, 7), nowMs).catch((error: unknown) => {
        assert.equal((error as { code?: string }).code, 'SPAM_MODEL_INVALID');
      });
      if (read !== undefined) assert.deepEqual(read.lessons, []);
    }),
  );
});
