import assert from 'node:assert/strict';
import { test } from 'node:test';
import plugin from '../../../plugins/mime-ambiguity/index.ts';
import { knownKinds } from '../../../plugins/mime-ambiguity/kinds.ts';
import { optionsSchema } from '../../../plugins/mime-ambiguity/options.ts';
import { ambiguityKinds } from '../../../src/message/ambiguity.ts';
import { runPlugin } from '../../../src/pipeline/testing.ts';
import type { Verdict } from '../../../src/plugin-api/verdict.ts';
import { filePart, letter, payload, withPart } from '../../helpers/ambiguous/case.ts';
import { uuencode } from '../../helpers/wrapped-files.ts';

const ordinary = withPart(...filePart);
const resolved = letter(['Content-Type: text/plain'], uuencode('file.com', payload));
const unresolved = withPart('Content-Type: message/external-body; access-type=URL', '', 'x');
const both = withPart('Content-Type: message/partial', '', 'x').replace(
  'Please see the file.',
  uuencode('file.com', payload),
);

async function verdictOn(message: string, options: unknown = {}): Promise<Verdict | undefined> {
  return (await runPlugin(plugin, options, Buffer.from(message, 'latin1'))).verdict;
}

test('an ordinary message passes', async () => {
  assert.deepEqual(await verdictOn(ordinary, { resolved: 'block' }), { kind: 'pass' });
});

test('by default what cannot be seen is blocked, with its part, and the rest passes', async () => {
  assert.deepEqual(await verdictOn(unresolved), {
    kind: 'block',
    finding: 'external-body',
    explanation: 'The message is built so that not all of its content can be checked.',
    evidence: 'external-body in 1.2',
    paths: ['1.2'],
  });
  assert.deepEqual(await verdictOn(resolved), { kind: 'pass' });
});

test('an ambiguity of the message as a whole names no part to take out', async () => {
  const verdict = await verdictOn(resolved, { resolved: 'block' });
  assert.deepEqual(verdict, {
    kind: 'block',
    finding: 'uuencode',
    explanation: 'The message is built so that mail programs read it in different ways.',
    evidence: 'uuencode in 1',
  });
});

test('the administrator chooses for each reach', async () => {
  const flagged = { kind: 'flag', label: 'uuencode', evidence: 'uuencode in 1' };
  assert.deepEqual(await verdictOn(resolved, { resolved: 'flag' }), flagged);
  assert.equal((await verdictOn(unresolved, { unresolved: 'pass' }))?.kind, 'pass');
});

test('the administrator chooses for each kind', async () => {
  const kinds = { uuencode: 'block', 'external-body': 'pass' };
  assert.equal((await verdictOn(resolved, { kinds }))?.kind, 'block');
  assert.equal((await verdictOn(unresolved, { kinds }))?.kind, 'pass');
});

test('of several ambiguities the strictest choice wins', async () => {
  const kinds = { uuencode: 'flag' };
  const blocked = await verdictOn(both, { kinds });
  assert.equal(blocked?.kind === 'block' && blocked.finding, 'partial-message');
  const flagged = await verdictOn(both, { kinds, unresolved: 'pass' });
  assert.equal(flagged?.kind === 'flag' && flagged.label, 'uuencode');
});

test('an ambiguity within a reading is blamed on the part that is read so', async () => {
  const inner = letter(['Content-Type: message/partial'], 'x');
  const message = withPart(
    'Content-Type: message/rfc822',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(inner).toString('base64'),
  );
  const verdict = await verdictOn(message);
  assert.deepEqual(verdict?.kind === 'block' && verdict.paths, ['1.2']);
  assert.match(String(verdict?.kind === 'block' && verdict.evidence), /1\.2~encoded-message$/);
});

test('long evidence is cut', async () => {
  const part = ['--one', 'Content-Type: message/partial', '', 'x'];
  const parts = Array.from({ length: 8 }, () => part).flat();
  const message = letter(['Content-Type: multipart/mixed; boundary=one'], ...parts, '--one--');
  const verdict = await verdictOn(message);
  assert.match(String(verdict?.kind === 'block' && verdict.evidence), /1\.5 and 3 more$/);
});

test('its verdicts are remembered under the version of its rules', async () => {
  const services = {} as Parameters<typeof plugin.setup>[1];
  const instance = await plugin.setup(optionsSchema.parse({}), services);
  assert.match(String(instance.cacheKey?.()), /^mime-ambiguity\/\d+$/);
});

test('the kinds that may be named are those that are found', () => {
  assert.deepEqual([...knownKinds], Object.keys(ambiguityKinds));
});

const mistakes: readonly (readonly [options: unknown, message: RegExp])[] = [
  [{ kinds: { uuencoded: 'block' } }, /"uuencoded" is none/],
  [{ kinds: { uuencode: 'drop' } }, /expected block, flag or pass/],
  [{ kinds: ['uuencode'] }, /expected kinds/],
  [{ resolved: true }, /expected block, flag or pass/],
  [{ unknown: 'block' }, /unknown/],
];

for (const [options, message] of mistakes) {
  test(`options ${JSON.stringify(options)} are refused with a reason`, () => {
    const { error } = optionsSchema.safeParse(options);
    assert.match(error?.issues.map((issue) => issue.message).join() ?? '', message);
  });
}
