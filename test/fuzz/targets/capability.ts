// Owns the fuzz target of CAPA: any list can be read, and none puts anything else than our own words into ours.
import assert from 'node:assert/strict';
import {
  composeCapabilities,
  parseCapabilities,
  type UpstreamCapabilities,
} from '../../../src/pop3/capability.ts';
import { type FuzzTarget, linesOf } from '../target.ts';

function compose(upstream: UpstreamCapabilities): string[] {
  const facts = { isTransaction: true, canLogIn: false, canStartTls: false, upstream };
  return composeCapabilities(facts);
}

const composable =
  /^(?:TOP|UIDL|RESP-CODES|AUTH-RESP-CODE|PIPELINING|UTF8(?: USER)?|LANG|EXPIRE (?:NEVER|\d{1,6})(?: USER)?|LOGIN-DELAY \d{1,6}(?: USER)?)$/;

export const capability: FuzzTarget = {
  name: 'capability',
  dictionary: [
    '\r\n',
    '\n',
    'SASL PLAIN',
    'EXPIRE ',
    'EXPIRE NEVER',
    'EXPIRE 60 USER',
    'LOGIN-DELAY 900',
    'STLS',
    'UIDL',
    'USER',
    'PIPELINING',
    'UTF8 USER',
    'LANG',
    ' USER',
  ],
  check(input) {
    const parsed = parseCapabilities(linesOf(input));
    for (const mechanism of parsed.saslMechanisms) {
      assert.match(mechanism, /^\S+$/);
      assert.equal(mechanism, mechanism.toUpperCase());
    }
    const composed = compose(parsed);
    for (const line of composed) assert.match(line, composable);
    assert.equal(new Set(composed).size, composed.length);
    const again = compose(parseCapabilities(composed.map((line) => Buffer.from(line))));
    assert.deepEqual(again, composed);
  },
  exercise(input) {
    parseCapabilities(linesOf(input));
    parseCapabilities([input]);
  },
};
