import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toComplaint } from '../../../plugins/yara/complaint.ts';
import { withMemoryLimit } from '../../../plugins/yara/memory-limit.ts';
import { optionsSchema } from '../../../plugins/yara/options.ts';
import { checkWords, parseRuleWord, wordOf } from '../../../plugins/yara/rule-word.ts';

declare const WebAssembly: {
  readonly Module: new (octets: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly m: { readonly buffer: ArrayBuffer; grow(pages: number): number };
    };
  };
};

/** A module that has a memory of one page, exported as `m`, and nothing else. */
function moduleWith(memory: readonly number[]): Uint8Array {
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[5, memory.length, ...memory],
    ...[7, 5, 1, 1, 0x6d, 2, 0],
  ]);
}

const pageBytes = 64 * 1024;

test('a memory without a limit gets one, and one with a limit gets this one', () => {
  for (const memory of [
    [1, 0, 1],
    [1, 1, 1, 50],
  ]) {
    const limited = withMemoryLimit(moduleWith(memory), 300 * pageBytes + 17);
    const { m } = new WebAssembly.Instance(new WebAssembly.Module(limited)).exports;
    assert.equal(m.grow(299), 1);
    assert.equal(m.buffer.byteLength, 300 * pageBytes);
    assert.throws(() => m.grow(1), RangeError);
  }
});

test('what is no module, or has no memory of its own, is refused', () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  for (const octets of [[], header, [...header, 5], [...header, 5, 3, 2, 0, 1]]) {
    assert.throws(() => withMemoryLimit(Uint8Array.from(octets), pageBytes));
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      try {
        withMemoryLimit(octets, pageBytes);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }),
  );
});

test('the place of a complaint is that in the file', () => {
  const said =
    'error[E025]: unknown pattern `$b`\n --> line:3:13\n  |\n3 |  condition: $b }\n  |  ^^ this pattern is not declared';
  assert.deepEqual(toComplaint('a.yar', said), {
    file: 'a.yar',
    line: 3,
    column: 13,
    text: 'unknown pattern `$b`',
  });
  assert.deepEqual(toComplaint('a.yar', 'something else'), {
    file: 'a.yar',
    line: 1,
    column: 1,
    text: 'something else',
  });
});

test('the word of a rule is one of four', () => {
  assert.deepEqual(parseRuleWord('block'), { kind: 'block' });
  assert.deepEqual(parseRuleWord('flag'), { kind: 'flag' });
  assert.deepEqual(parseRuleWord('score:-2.5'), { kind: 'score', logOdds: -2.5 });
  for (const wrong of ['', 'Flag', 'score', 'score:', 'score:21', 'score:1e3', 'score:nan']) {
    assert.equal(parseRuleWord(wrong), undefined, wrong);
  }
});

test('the metadata counts before tags, these before the option, and what is unknown blocks', () => {
  const match = { rule: 'r', file: 'f', meta: undefined, tags: [] };
  assert.equal(wordOf(match, 'flag').kind, 'flag');
  assert.equal(wordOf({ ...match, tags: ['postern_block'] }, 'flag').kind, 'block');
  assert.equal(wordOf({ ...match, tags: ['postern_flag'] }, 'block').kind, 'flag');
  assert.equal(wordOf({ ...match, meta: 'flag', tags: ['postern_block'] }, 'block').kind, 'flag');
  assert.equal(wordOf({ ...match, meta: 'pass' }, 'flag').kind, 'block');
});

test('a word that nobody understands is found before any rule matches', () => {
  const check = (text: string) => checkWords([{ file: 'a.yar', text }]);
  check('rule a { meta: postern = "score:3" x_postern_y = "z" condition: true }');
  assert.throws(() => check('\n\n meta:\n  postern="maybe"'), /^Error: a\.yar:4: expected postern/);
});

test('a wrong option is refused in a sentence', () => {
  const rules = ['a.yar'];
  for (const [options, sentence] of [
    [{}, 'expected a list of files of rules, such as [./rules/*.yar]'],
    [{ rules: [] }, 'expected a list of files of rules, such as [./rules/*.yar]'],
    [{ rules, verdict: 'score' }, 'expected block or flag'],
    [{ rules, not_scanned: 'pass' }, 'expected block, flag or defer'],
    [{ rules, threads: 0 }, 'expected a whole number from 1 to 64'],
    [{ rules, max_scan: '1GB' }, 'expected a size from 1KB to 256MB, such as 32MB, got "1GB"'],
  ] as const) {
    assert.equal(optionsSchema.safeParse(options).error?.issues[0]?.message, sentence);
  }
});
