// What a reader says on the page is what the filters of Postern go by with his next message, before a real
// Dovecot and whichever process has the session.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dovecotMissing } from '../helpers/dovecot.ts';
import { needs } from '../helpers/requirement.ts';
import { letter, linkIn, openSchool, type School, visitor } from '../helpers/training-scene.ts';

const missing = dovecotMissing();
let school: School;

before(async () => {
  if (missing === undefined) school = await openSchool(6);
});

after(() => school?.[Symbol.asyncDispose]());

const plugins = [{ use: 'spam' }, { use: 'sender-lists' }];

/** The field that says what all engines together make of a message. */
function judgedIn(message: Buffer | undefined): string {
  const text = message?.toString('latin1').replaceAll(/\r\n[ \t]+/g, ' ') ?? '';
  return /^X-Postern-Spam: (.*)\r$/m.exec(text)?.[1] ?? '';
}

for (const workers of [undefined, 2]) {
  const where = workers === undefined ? 'one process' : `${workers} workers`;

  test(`${where}: a sender whom the reader blocks is blocked for him alone, until he takes it back`, async (t) => {
    if (!needs(t, missing)) return;
    const [ann, bob] = [school.newUser(), school.newUser()];
    for (const user of [ann, bob]) await school.dovecot.deliver(user, [letter('news')]);
    await using running = await school.scene({
      plugins,
      ...(workers === undefined ? {} : { workers }),
    });
    const { press } = visitor(running);
    const link = linkIn((await running.retrieve(ann))[0]);
    assert.match((await press(link, 'block')).text, /always blocked from now on/);
    for (const user of [ann, bob]) await school.dovecot.deliver(user, [letter('more news')]);
    assert.match(judgedIn((await running.retrieve(ann))[1]), /^spam;.*decided-by=sender-lists/);
    assert.doesNotMatch(judgedIn((await running.retrieve(bob))[1]), /sender-lists/);
    assert.match((await press(link, 'unlist')).text, /like any other again/);
    await school.dovecot.deliver(ann, [letter('still more news')]);
    assert.doesNotMatch(judgedIn((await running.retrieve(ann))[2]), /sender-lists/);
  });
}

test('what a reader calls spam weighs in what is like it, and no longer once he takes it back', async (t) => {
  if (!needs(t, missing)) return;
  const user = school.newUser();
  await school.dovecot.deliver(user, [letter('quarterly figures of the bee club')]);
  await using running = await school.scene({ plugins });
  const { press } = visitor(running);
  const [first] = await running.retrieve(user);
  const probability = (message: Buffer | undefined): number =>
    Number(/probability=([0-9.]+)%/.exec(judgedIn(message))?.[1]);
  const before = probability(first);
  assert.match((await press(linkIn(first), 'spam')).text, /has learned that this is spam/);
  await school.dovecot.deliver(user, [letter('quarterly figures of the bee club again')]);
  const after = probability((await running.retrieve(user))[1]);
  assert.ok(after > before, `${before} % before, ${after} % after`);
  assert.match((await press(linkIn(first), 'forget')).text, /has forgotten/);
  await school.dovecot.deliver(user, [letter('quarterly figures of the bee club again and again')]);
  const forgotten = probability((await running.retrieve(user))[2]);
  assert.ok(forgotten < after, `${after} % before, ${forgotten} % after`);
});
