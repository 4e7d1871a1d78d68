import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSecretName } from '../../src/base/secret-name.ts';

const secretNames = ['password', 'userPass', 'client_secret', 'accessToken', 'Proxy-Authorization'];
const otherNames = ['user', 'compass', 'bypass', 'passed', 'passes', 'host', 'sha256', ''];

for (const name of [
  ...secretNames,
  'PASSWORD',
  'pwd',
  'api_key',
  'apiKey',
  'privateKey',
  'Cookie',
]) {
  test(`${name} names a secret`, () => assert.ok(isSecretName(name)));
}

for (const name of otherNames) {
  test(`${JSON.stringify(name)} names no secret`, () => assert.ok(!isSecretName(name)));
}
