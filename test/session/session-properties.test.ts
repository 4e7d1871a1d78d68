import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SessionScript } from './session-script.ts';

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

const lines = fc.oneof(
  fc.constantFrom(
    'USER bob',
    'PASS secret',
    'AUTH',
    'AUTH PLAIN',
    'AUTH LOGIN',
    `AUTH PLAIN ${base64('\0bob\0secret')}`,
    base64('bob'),
    '*',
    '',
    'STLS',
    'UTF8',
    'LANG',
    'LANG *',
    'CAPA',
    'STAT',
    'LIST',
    'UIDL',
    'NOOP',
    'RSET',
    'QUIT',
  ),
  fc
    .tuple(fc.constantFrom('LIST', 'UIDL', 'RETR', 'DELE', 'TOP'), fc.nat(4), fc.nat(3))
    .map(([name, number, body]) =>
      name === 'TOP' ? `TOP ${number} ${body}` : `${name} ${number}`,
    ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** What one line stands for towards the client: a reply, or an action that brings one later. */
const answers = /^(?:\+|-ERR|<(?:logIn|deliver|update) )/;

/** Plays lines as the proxy does: what an action asks for happens before the next line is read. */
function play(script: SessionScript, texts: readonly string[], isLoginGood: boolean): string[] {
  const said: string[] = [];
  for (const text of texts) {
    const actions = script.line(text);
    assert.equal(
      actions.filter((action) => answers.test(action)).length,
      1,
      `${JSON.stringify(text)}: ${actions.join(', ')}`,
    );
    for (const action of actions) {
      if (action === '<startTls>') actions.push(...script.secure());
      if (action.startsWith('<logIn')) {
        actions.push(...(isLoginGood ? script.logIn() : script.refuseLogin()));
      }
      if (action.startsWith('<update')) {
        actions.push(...script.event({ kind: 'updated', keptMessages: 0 }));
      }
    }
    said.push(...actions);
    if (actions.some((action) => action.startsWith('<endSession'))) break;
  }
  return said;
}

test('any lines are answered once each and never break the table of states', () => {
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 40 }), fc.boolean(), (texts, isLoginGood) => {
      const script = SessionScript.connected();
      const said = play(script, texts, isLoginGood);
      const hasEnded = said.some((action) => action.startsWith('<endSession'));
      assert.equal(script.session.state === 'ENDED', hasEnded);
    }),
    { numRuns: 2000 },
  );
});

test('after login a number names the same message throughout, whatever is deleted', () => {
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 40 }), (texts) => {
      const script = SessionScript.loggedIn();
      for (const said of play(script, texts, true)) {
        // One line of UIDL or LIST: message n is uid(10 + n) and has n * 100 octets.
        for (const [, number, uid] of said.matchAll(/^(?:\+OK )?(\d) uid(\d+)\r?$/gm)) {
          assert.equal(Number(uid), 10 + Number(number));
        }
        for (const [, number, octets] of said.matchAll(/^(\d) (\d+)\r?$/gm)) {
          assert.equal(Number(octets), 100 * Number(number));
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('an update deletes exactly what was marked since the last RSET', () => {
  const marks = fc.array(
    fc.oneof(
      fc.constant('RSET'),
      fc.integer({ min: 1, max: 4 }).map((number) => `DELE ${number}`),
    ),
    { maxLength: 15 },
  );
  fc.assert(
    fc.property(marks, (texts) => {
      const marked = new Set<number>();
      for (const text of texts) {
        if (text === 'RSET') marked.clear();
        else if (text !== 'DELE 4') marked.add(10 + Number(text.slice(5)));
      }
      const script = SessionScript.loggedIn();
      script.lines(...texts);
      const expected = [...marked].sort((a, b) => a - b).join(' ');
      assert.deepEqual(script.line('QUIT'), [`<update ${expected}>`]);
    }),
  );
});
