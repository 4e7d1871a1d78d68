import assert from 'node:assert/strict';
import { test } from 'node:test';
import subjectCleaner from '../../../plugins/subject-cleaner/index.ts';
import { letter, outputOf } from '../letters.ts';

async function clean(subject: string, options: object = {}): Promise<string | undefined> {
  const output = await outputOf(
    subjectCleaner,
    options,
    letter(`Subject:${subject}`, '', 'Hello.'),
  );
  return /^Subject:(.*)\r$/m.exec(output)?.[1];
}

const subjects: readonly (readonly [string, string])[] = [
  ['Re: Re: Plan', 'Re: Plan'],
  ['RE: AW: Re[2]: Plan', 'RE: Plan'],
  ['[dev] Re: [dev] Aw: Re: Plan', '[dev] Re: Plan'],
  ['Re: [dev] Re: [Dev] Plan', 'Re: [dev] Plan'],
  ['Fwd: WG: Re: Fw: Plan', 'Fwd: Re: Plan'],
  ['[a] [b] [a] Plan', '[a] [b] Plan'],
  ['[EXTERNAL] Plan', 'Plan'],
  ['Re: [External] [dev] Plan [EXTERNAL]', 'Re: [dev] Plan [EXTERNAL]'],
  ['Re: =?utf-8?Q?Re=3A_Gr=C3=BC=C3=9Fe?=', 'Re: =?utf-8?Q?Gr=C3=BC=C3=9Fe?='],
  ['Re: Re:', 'Re:'],
];

for (const [subject, expected] of subjects) {
  test(`${subject} becomes ${expected}`, async () => {
    const cleaned = await clean(` ${subject}`, { drop_tags: ['external'] });
    assert.equal(
      cleaned?.replace('=?utf-8?B?R3LDvMOfZQ==?=', '=?utf-8?Q?Gr=C3=BC=C3=9Fe?='),
      ` ${expected}`,
    );
  });
}

for (const subject of [
  '  Re:   Plan',
  'Re :Plan',
  'Plan Re: Re: 9',
  'Reference: Re: a',
  '[a',
  'Gr\xfc\xdfe',
  '',
  ' [dev]Re:Plan',
]) {
  test(`the subject ${JSON.stringify(subject)} keeps its octets`, async () => {
    assert.equal(await clean(subject), subject);
  });
}

test('a message without a subject keeps every octet', async () => {
  const message = letter('From: ann@example.org', '', 'Re: Re: Hello.');
  assert.equal(await outputOf(subjectCleaner, {}, message), message.toString('latin1'));
});

test('very many marks are cleaned', async () => {
  assert.equal(await clean(` ${'Re:'.repeat(100_000)} Plan`), ' Re: Plan');
});
