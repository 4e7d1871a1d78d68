// Owns access tokens that a Dovecot accepts without asking anybody: signed by a key in a folder of their own.
import { createHmac, randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './process.ts';

export interface AccessTokens extends AsyncDisposable {
  /** For the end of Dovecot's configuration. */
  readonly dovecotConfig: string;
  /** A token for that user that is valid for an hour. */
  tokenOf(user: string): string;
}

export async function makeAccessTokens(): Promise<AccessTokens> {
  const folder = await temporaryFolder('tokens');
  const key = randomBytes(32);
  // Dovecot reads them as a user of its own.
  await chmod(folder.path, 0o755);
  const keyFolder = join(folder.path, 'default', 'HS256');
  await mkdir(keyFolder, { recursive: true });
  await writeFile(join(keyFolder, 'default'), key.toString('base64'));
  const settingsFile = join(folder.path, 'oauth2.conf');
  await writeFile(
    settingsFile,
    `introspection_mode = local
local_validation_key_dict = fs:posix:prefix=${folder.path}/
username_attribute = sub
`,
  );
  return {
    dovecotConfig: `passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${settingsFile}
}
`,
    tokenOf(user) {
      const nowSeconds = Math.floor(Date.now() / 1000);
      const header = { alg: 'HS256', typ: 'JWT' };
      const claims = { sub: user, iat: nowSeconds - 60, exp: nowSeconds + 3600 };
      const signed = [header, claims].map(encode).join('.');
      return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
