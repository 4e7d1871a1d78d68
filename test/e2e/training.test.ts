// How readers teach the filter, before a real Dovecot: by links in what they retrieve, and by what is released
// or deleted in quarantine. In one process and in several.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dovecotMissing } from '../helpers/dovecot.ts';
import { needs } from '../helpers/requirement.ts';
import { letter, linkIn, openSchool, type School, visitor } from '../helpers/training-scene.ts';

const missing = dovecotMissing();
let school: School;

before(async () => {
  if (missing === undefined) school = await openSchool(8);
});

after(() => school?.[Symbol.asyncDispose]());

for (const workers of [undefined, 2]) {
  const where = workers === undefined ? 'one process' : `${workers} workers`;

  test(`${where}: a reader says what a message is, and takes it back`, async (t) => {
    if (!needs(t, missing)) return;
    const user = school.newUser();
    await school.dovecot.deliver(user, [letter('ham of a friend'), letter('spam of a stranger')]);
    await using running = await school.scene({ ...(workers === undefined ? {} : { workers }) });
    const [friendly, strange] = await running.retrieve(user);
    const { get, press } = visitor(running);

    for (let visit = 0; visit < 20; visit += 1) {
      const page = await get(linkIn(friendly));
      assert.equal(page.status, 200);
      assert.match(page.text, /ham of a friend/);
      assert.match(page.text, /took it for wanted mail/);
    }
    const again = await running.retrieve(user);
    assert.equal(linkIn(again[0]), linkIn(friendly), 'the same message has the same link');
    assert.deepEqual(await running.taught(0), [], 'to look teaches nothing');

    const done = await press(linkIn(friendly), 'spam');
    assert.equal(done.status, 200);
    assert.match(done.text, /has learned that this is spam/);
    assert.match(done.text, /value="forget">Undo</);
    const undone = await press(linkIn(friendly), 'forget');
    assert.match(undone.text, /has forgotten/);
    assert.match((await press(linkIn(strange), 'ham')).text, /has learned that this is not spam/);
    assert.match((await press(linkIn(strange), 'block')).text, /always blocked from now on/);
    const shown = await get(linkIn(strange));
    assert.match(shown.text, /You have said: it is not spam/);
    assert.match(shown.text, /Its sender is always blocked/);

    const common = { source: 'link', user };
    const octets = {
      friend: letter('ham of a friend').length,
      other: letter('spam of a stranger').length,
    };
    const friend = { ...common, subject: 'ham of a friend', octets: octets.friend };
    const other = { ...common, subject: 'spam of a stranger', octets: octets.other };
    assert.deepEqual(await running.taught(4), [
      { kind: 'lesson', as: 'spam', weight: 'correction', ...friend },
      { kind: 'lesson', as: 'forget', weight: 'correction', ...friend },
      { kind: 'lesson', as: 'ham', weight: 'correction', ...other },
      { kind: 'sender', as: 'block', ...other },
    ]);
  });

  test(`${where}: what was released or deleted by command is learned, unless a virus was found`, async (t) => {
    if (!needs(t, missing)) return;
    const user = school.newUser();
    await school.dovecot.deliver(user, [
      letter('spam one'),
      letter('spam two'),
      letter('virus three'),
    ]);
    await using running = await school.scene({
      ...(workers === undefined ? {} : { workers }),
      training: { quarantine: {} },
      settings: { spam: { on_spam: 'hold' } },
    });
    await running.retrieve(user);
    const codes = (await running.quarantine('list', '--json'))
      .trim()
      .split('\n')
      .map((line): { code: string; subject: string } => JSON.parse(line));
    const codeOf = (subject: string): string =>
      codes.find((each) => each.subject === subject)?.code ?? '';
    assert.match(await running.quarantine('release', codeOf('spam one')), /will learn from it/);
    assert.match(await running.quarantine('delete', codeOf('spam two')), /will learn from it/);
    assert.doesNotMatch(await running.quarantine('release', codeOf('virus three')), /learn/);
    await running.quarantine('release', codeOf('spam one'));

    const taught = await running.taught(2);
    assert.deepEqual(
      taught.map(({ as, weight, source, subject }) => [as, weight, source, subject]),
      [
        ['ham', 'correction', 'quarantine', 'spam one'],
        ['spam', 'confirmation', 'quarantine', 'spam two'],
      ],
    );
  });
}
