// Owns the fuzz target of SASL: the input is tried as a base64 line, as its content and as a PLAIN message.
import assert from 'node:assert/strict';
import { decodeBase64Line, parsePlain, plainMessage } from '../../../src/pop3/sasl.ts';
import type { FuzzTarget } from '../target.ts';

function checkPlain(message: Buffer): void {
  const credentials = parsePlain(message);
  if (credentials === undefined) return;
  const { user, password } = credentials;
  assert.ok(user.length > 0);
  for (const octets of [user, password.reveal()]) {
    assert.doesNotMatch(octets.toString('latin1'), /[\r\n\0]/);
  }
  const nul = Buffer.of(0);
  const [authorization] = message.toString('latin1').split('\0', 1);
  const written = Buffer.concat([nul, user, nul, password.reveal()]);
  if (authorization === '') assert.deepEqual(written, message);
  else assert.equal(authorization, user.toString('latin1'));
  const again = parsePlain(plainMessage(credentials));
  assert.deepEqual(again?.user, user);
  assert.deepEqual(again?.password.reveal(), password.reveal());
}

export const sasl: FuzzTarget = {
  name: 'sasl',
  dictionary: ['\0', '\0user\0pass', '=', '==', 'AAAA', 'AHVzZXIAcGFzcw==', '\r', '\n', '*'],
  check(input) {
    const line = input.toString('latin1');
    const decoded = decodeBase64Line(line);
    if (decoded !== undefined) {
      assert.match(line, /^[A-Za-z0-9+/]*={0,2}$/);
      const padding = /=*$/.exec(line)?.[0].length ?? 0;
      assert.equal(decoded.length, line === '=' ? 0 : (line.length / 4) * 3 - padding);
      checkPlain(decoded);
    }
    const encoded = input.toString('base64');
    assert.deepEqual(decodeBase64Line(encoded), input);
    checkPlain(input);
  },
  exercise(input) {
    decodeBase64Line(input.toString('latin1'));
    decodeBase64Line(input.toString('base64'));
    parsePlain(input);
  },
};
