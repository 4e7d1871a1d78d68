// Owns the login by SCRAM (RFC 5802, RFC 7677) as an exchange of AUTH. The messages are in scram.ts.
import type { Credentials } from '../../base/secret.ts';
import { protocolViolation } from '../failure.ts';
import { begin, challengeIn, expectRefusal, expectSuccess, respond } from '../sasl-exchange.ts';
import { ScramClient, type ScramHash } from '../scram.ts';
import { type Dialog, deriveKey } from '../step.ts';

const mechanismNames: Readonly<Record<ScramHash, string>> = {
  sha1: 'SCRAM-SHA-1',
  sha256: 'SCRAM-SHA-256',
};

/** `nonce` is printable ASCII without commas, never used before. */
export function* scramLogin(
  hash: ScramHash,
  credentials: Credentials,
  nonce: string,
): Dialog<void> {
  const client = new ScramClient(hash, credentials, nonce);
  const serverFirst = challengeIn(yield* begin(mechanismNames[hash], client.first()));
  const request = client.readServerFirst(serverFirst);
  if (request === undefined) throw protocolViolation('a SCRAM challenge that cannot be used');
  const key = yield* deriveKey(request);
  // RFC 5034 s.4: what the server has to say with its success comes as a challenge before it.
  const serverFinal = challengeIn(yield* respond(client.final(key)));
  // RFC 5802 s.7: the server may name an error before its -ERR.
  if (serverFinal.toString('latin1').startsWith('e=')) expectRefusal(yield* respond(nothing));
  if (!client.isServerGenuine(serverFinal)) {
    throw protocolViolation('no proof that it knows the password');
  }
  expectSuccess(yield* respond(nothing));
}

const nothing = Buffer.alloc(0);
