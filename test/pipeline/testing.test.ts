// The whole of a plugin and its test, as an author would write them.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { block, definePlugin, pass, tempfail, z } from '#plugin-api';
import { runPlugin } from '#plugin-testing';

let disposed = 0;

const noShouting = definePlugin({
  name: 'no-shouting',
  options: z.strictObject({ maxCapitals: z.number().int().default(10) }),
  setup: ({ maxCapitals }) => ({
    async inspect(message) {
      const subject = (await message.headers()).text('Subject') ?? '';
      const capitals = subject.match(/\p{Lu}/gu)?.length ?? 0;
      return capitals > maxCapitals ? block('shouting') : pass();
    },
    async transform({ edit, verdicts }, next) {
      if (verdicts.some(({ verdict }) => verdict.kind === 'block')) edit.add('X-Loud', 'yes');
      await next();
    },
    async dispose() {
      disposed += 1;
    },
  }),
});

const loud = Buffer.from('Subject: BUY NOW AND SAVE\r\n\r\nbody\r\n');
const quiet = Buffer.from('Subject: hello\r\n\r\nbody\r\n');

test('a plugin runs on one message, with defaults for its options', async () => {
  disposed = 0;
  const { verdict, output } = await runPlugin(noShouting, {}, loud);
  assert.deepEqual(verdict, block('shouting'));
  assert.match(output.toString(), /^X-Loud: yes\r\n/);
  assert.ok(output.toString().endsWith('Subject: BUY NOW AND SAVE\r\n\r\nbody\r\n'));
  assert.equal(disposed, 1);
});

test('a message that a plugin leaves alone comes out as it went in', async () => {
  const { verdict, output } = await runPlugin(noShouting, { maxCapitals: 2 }, quiet);
  assert.deepEqual(verdict, pass());
  assert.deepEqual(output, quiet);
});

test('options are checked', async () => {
  await assert.rejects(runPlugin(noShouting, { maxCapitals: 'many' }, quiet));
  await assert.rejects(runPlugin(noShouting, { capitals: 1 }, quiet));
});

test('verdicts of other plugins can be given', async () => {
  const verdicts = [{ plugin: 'other', verdict: block('x') }];
  const { verdict, output } = await runPlugin(noShouting, {}, quiet, { verdicts });
  assert.deepEqual(verdict, pass());
  assert.match(output.toString(), /^X-Loud: yes\r\n/);
});

test('a plugin that fails to inspect yields a tempfail, one that fails to transform rejects', async () => {
  const failing = definePlugin({
    name: 'failing',
    setup: () => ({
      async inspect() {
        throw new Error('down');
      },
    }),
  });
  const { verdict } = await runPlugin(failing, undefined, quiet);
  assert.deepEqual(verdict, tempfail('failing: PLUGIN_FAILED'));
  const forgetting = definePlugin({
    name: 'forgetting',
    setup: () => ({ transform: async () => {} }),
  });
  await assert.rejects(runPlugin(forgetting, undefined, quiet), { code: 'PLUGIN_FORGOT_NEXT' });
});

test('a plugin that does not inspect has no verdict; nothing is left behind', async () => {
  const paths: string[] = [];
  const resolving = definePlugin({
    name: 'resolving',
    setup: (_options, { resolvePath }) => {
      paths.push(resolvePath('data'));
      return {};
    },
  });
  const { verdict, output } = await runPlugin(resolving, undefined, quiet);
  assert.equal(verdict, undefined);
  assert.deepEqual(output, quiet);
  await runPlugin(resolving, undefined, quiet, { folder: '/somewhere' });
  assert.equal(paths[1], '/somewhere/data');
  const scratch = paths[0]?.split('/').at(-2) ?? '';
  assert.ok(!(await readdir(tmpdir())).includes(scratch));
});
