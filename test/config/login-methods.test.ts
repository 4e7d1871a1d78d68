import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../src/config/load.ts';
import {
  keepsSecret,
  type LoginMethod,
  loginMethods,
  methodsOf,
} from '../../src/config/login-methods.ts';
import { goodYaml } from './bad-configurations.ts';

async function loginOf(settings: string): Promise<unknown> {
  const yaml = goodYaml.replace('host: pop.example.net', `host: pop.example.net, ${settings}`);
  const { config } = await readConfig(yaml, 'postern.yaml', {});
  return config.routes[0]?.upstream.login;
}

test('auto stands for every method but those that need a token', () => {
  const tokens: LoginMethod[] = ['xoauth2', 'oauthbearer'];
  assert.deepEqual(
    methodsOf('auto'),
    loginMethods.filter((method) => !tokens.includes(method)),
  );
});

test('a method stands for itself, a list for its members in their order', () => {
  for (const method of loginMethods) assert.deepEqual(methodsOf(method), [method]);
  assert.deepEqual(methodsOf(['apop', 'cram-md5']), ['apop', 'cram-md5']);
});

test('every method and any list of them can be configured', async () => {
  for (const method of ['auto', ...loginMethods]) {
    assert.equal(await loginOf(`login: ${method}`), method);
  }
  assert.deepEqual(await loginOf(`login: [${loginMethods.join(', ')}]`), loginMethods);
});

test('without TLS the methods that keep the password secret need no permission', async () => {
  for (const method of loginMethods) {
    const loading = loginOf(`tls: none, login: ${method}`);
    if (keepsSecret(method)) assert.equal(await loading, method);
    else await assert.rejects(loading, { code: 'CONFIG_INVALID' });
  }
  await loginOf('tls: none, login: [scram-sha-1, apop]');
  await assert.rejects(loginOf('tls: none, login: [scram-sha-1, user-pass]'));
  await loginOf('tls: none, login: [scram-sha-1, user-pass], allow_plaintext_login: true');
});
