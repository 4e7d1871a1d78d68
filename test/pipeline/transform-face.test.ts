import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spamSchema } from '../../src/config/spam-schema.ts';
import type { MessageEdits } from '../../src/pipeline/message-edits.ts';
import { Pipeline } from '../../src/pipeline/pipeline.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import { renderEdited } from '../../src/pipeline/render.ts';
import type { BodyEditor, TransformContext } from '../../src/plugin-api/transform.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { collect, loaded, wholeMessage } from '../helpers/pipeline.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

const original = 'Subject: x\r\n\r\ntext\r\n';
const passed = { verdicts: [], decision: { action: 'pass' }, spam: undefined } as const;

async function transformed(...plugins: readonly LoadedPlugin[]): Promise<string> {
  const spam = spamSchema.parse({});
  const services = { clock: new FakeClock(), log: recordingLogger(), verdicts: new Map(), spam };
  const pipeline = new Pipeline(plugins, services);
  const message = wholeMessage(original);
  const signal = new AbortController().signal;
  const edits: MessageEdits = await pipeline.transform(message, passed, signal);
  const rendered = renderEdited(edits, undefined);
  return Buffer.concat([rendered.head, await collect(rendered.body())]).toString('latin1');
}

const editing = (
  edit: (context: TransformContext) => Promise<void>,
  settings: Parameters<typeof loaded>[1] = {},
): LoadedPlugin =>
  loaded(
    {
      async transform(context, next) {
        await edit(context);
        await next();
      },
    },
    settings,
  );

const banner = editing(({ body }) => body.add({ contentType: 'text/plain', content: 'banner' }));

test('a plugin finds the message as the plugins before it have left it', async () => {
  const types: string[] = [];
  const whole = await transformed(
    editing(async ({ edit }) => edit.add('Content-Language', 'en')),
    banner,
    editing(async ({ body, edit }) => {
      for await (const { path, contentType } of body.parts()) types.push(`${path} ${contentType}`);
      await body.setText('1.1', `${(await body.text('1.1'))?.trim()}, longer`);
      edit.replace('Subject', 'y');
    }),
  );
  assert.deepEqual(types, ['1 multipart/mixed', '1.1 text/plain', '1.2 text/plain']);
  const [head = '', ...parts] = whole.split(/\r\n--=_postern_.*\r\n/);
  assert.match(head, /^MIME-Version: 1\.0\r\nContent-Type: multipart\/mixed; .*\r\nSubject: y\r\n/);
  assert.match(parts[0] ?? '', /Content-Language: en\r\n\r\ntext, longer$/);
  assert.match(parts[1] ?? '', /\r\n\r\nbanner$/);
});

test('of a plugin that fails and is passed over nothing is left, neither in header nor in body', async () => {
  const failing = editing(
    async ({ body, edit }) => {
      edit.add('X-A', 'b');
      await body.add({ contentType: 'text/plain', content: 'more' });
      await body.drop('1.1');
      throw new Error('defect');
    },
    { onError: 'pass' },
  );
  assert.equal(await transformed(failing), original);
  assert.equal(await transformed(banner, failing), await transformed(banner));
});

test('an edit that cannot be made is a failure of its plugin', async () => {
  const lost = editing(({ body }) => body.drop('1.7'));
  await assert.rejects(transformed(lost), { code: 'PLUGIN_FAILED' });
});

test('after its turn a plugin changes nothing any more', async () => {
  const kept: BodyEditor[] = [];
  const keeping = editing(async ({ body }) => {
    kept.push(body);
  });
  assert.equal(await transformed(keeping), original);
  const [body = assert.fail()] = kept;
  await assert.rejects(body.drop('1'), /the time of this plugin is over/);
  await assert.rejects(body.text('1'), /the time of this plugin is over/);
});

async function* octets(text: string): AsyncGenerator<Buffer, void, void> {
  yield Buffer.from(text);
}

const exchange = editing(({ whole }) => whole.replace(octets('Subject: y\r\n\r\nnew\r\n')));

test('behind a plugin that exchanges the message, all that the context shows is the new one', async () => {
  let isSeen = false;
  const whole = await transformed(
    exchange,
    editing(async (context) => {
      assert.equal((await context.headers()).get('Subject'), 'y');
      assert.equal(context.edit.get('Subject'), 'y');
      assert.equal((await collect(context.bytes())).toString(), 'Subject: y\r\n\r\nnew\r\n');
      assert.equal(await context.size(), 19);
      for await (const part of context.parts()) {
        assert.equal((await collect(part.content())).toString(), 'new\r\n');
      }
      context.edit.add('X-A', '1');
      assert.match((await collect(context.bytes())).toString(), /^X-A: 1\r\n/);
      isSeen = true;
    }),
  );
  assert.ok(isSeen);
  assert.equal(whole, 'X-A: 1\r\nSubject: y\r\n\r\nnew\r\n');
});

test('a plugin that exchanges the message and fails is undone', async () => {
  const failing = editing(
    async ({ whole, edit }) => {
      await whole.replace(octets('Subject: z\r\n\r\nworse\r\n'));
      edit.add('X-A', '1');
      throw new Error('defect');
    },
    { onError: 'pass' },
  );
  assert.equal(await transformed(failing), original);
  assert.equal(await transformed(exchange, failing), await transformed(exchange));
});

test('a plugin in shadow exchanges nothing, and the log says whether it would have edited', async () => {
  const log = recordingLogger();
  const settings = { isShadow: true, log };
  const looking = editing(async ({ body }) => void (await body.text('1')), settings);
  const replacing = editing(
    ({ whole }) => whole.replace(octets('Subject: y\r\n\r\nnew\r\n')),
    settings,
  );
  assert.equal(await transformed(looking, replacing), original);
  assert.deepEqual(
    log.lines.map(({ fields }) => fields['edits']),
    [false, true],
  );
});

test('the signal of a plugin aborts with its turn, whenever it is asked for', async () => {
  const kept: TransformContext[] = [];
  let early: AbortSignal | undefined;
  const asking = editing(async (context) => {
    kept.push(context);
    early = context.signal;
    assert.equal(early.aborted, false);
    assert.equal(context.signal, early);
  });
  const silent = editing(async (context) => {
    kept.push(context);
  });
  await transformed(asking, silent);
  assert.equal(early?.aborted, true);
  for (const context of kept) {
    assert.match(String(context.signal.reason), /the time of this plugin is over/);
    await assert.rejects(collect(context.bytes()), /the time of this plugin is over/);
  }
});

test('a context can be taken apart', async () => {
  const taken = editing(async ({ headers, size, bytes, session, signal }) => {
    assert.equal((await headers()).get('Subject'), 'x');
    assert.equal(await size(), original.length);
    assert.equal((await collect(bytes())).toString(), original);
    assert.equal(typeof session.id, 'string');
    assert.equal(signal.aborted, false);
  });
  assert.equal(await transformed(taken), original);
});
