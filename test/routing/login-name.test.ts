import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loginNameSchema } from '../../src/config/login-name-schema.ts';
import { readLoginName, rewriteUser } from '../../src/routing/login-name.ts';

type Form = 'plain' | 'user-host' | 'host-user';

interface Read {
  readonly user: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: 'implicit';
}

const forms: readonly (readonly [Form, string | undefined, string, Read])[] = [
  ['plain', undefined, 'ann#pop.isp.example', { user: 'ann#pop.isp.example' }],
  ['user-host', undefined, 'ann', { user: 'ann' }],
  ['user-host', undefined, 'ann#pop.isp.example', { user: 'ann', host: 'pop.isp.example' }],
  [
    'user-host',
    undefined,
    'ann@a.example#isp:110',
    { user: 'ann@a.example', host: 'isp', port: 110 },
  ],
  ['user-host', undefined, 'a#b#isp.example', { user: 'a#b', host: 'isp.example' }],
  [
    'user-host',
    undefined,
    'ann#[2001:db8::1]:995',
    { user: 'ann', host: '2001:db8::1', port: 995 },
  ],
  ['user-host', undefined, 'ann#2001:db8::1', { user: 'ann', host: '2001:db8::1' }],
  ['user-host', '%', 'ann%isp.example', { user: 'ann', host: 'isp.example' }],
  ['user-host', '@', 'ann@a.example@isp.example', { user: 'ann@a.example', host: 'isp.example' }],
  ['user-host', undefined, '#isp.example', { user: '#isp.example' }],
  ['user-host', undefined, 'ann#', { user: 'ann#' }],
  ['user-host', undefined, 'ann#isp example', { user: 'ann#isp example' }],
  ['user-host', undefined, 'ann#isp:0', { user: 'ann#isp:0' }],
  ['user-host', undefined, 'ann#isp:65536', { user: 'ann#isp:65536' }],
  ['host-user', undefined, 'isp.example:ann', { user: 'ann', host: 'isp.example' }],
  ['host-user', undefined, 'isp:110:ann', { user: 'ann', host: 'isp', port: 110 }],
  [
    'host-user',
    undefined,
    'isp:995:ann:ssl',
    { user: 'ann', host: 'isp', port: 995, tls: 'implicit' },
  ],
  ['host-user', undefined, 'isp:ann:SSL', { user: 'ann', host: 'isp', tls: 'implicit' }],
  ['host-user', undefined, 'isp:ann:b', { user: 'ann:b', host: 'isp' }],
  ['host-user', undefined, 'isp:110', { user: '110', host: 'isp' }],
  ['host-user', undefined, 'isp:ssl', { user: 'ssl', host: 'isp' }],
  [
    'host-user',
    undefined,
    '[2001:db8::1]:995:ann',
    { user: 'ann', host: '2001:db8::1', port: 995 },
  ],
  ['host-user', undefined, 'ann', { user: 'ann' }],
  ['host-user', undefined, 'isp:', { user: 'isp:' }],
  ['host-user', '/', 'isp/110/ann', { user: 'ann', host: 'isp', port: 110 }],
];

for (const [form, delimiter, name, { user, ...asked }] of forms) {
  test(`as ${form}${delimiter ?? ''}, ${name} is ${user} at ${asked.host ?? 'no host'}`, () => {
    const config = loginNameSchema.parse({
      form,
      ...(delimiter === undefined ? {} : { delimiter }),
    });
    const read = readLoginName(Buffer.from(name), config);
    assert.equal(read.user.toString(), user);
    const none = { host: undefined, port: undefined, tls: undefined };
    assert.deepEqual({ ...none, ...read.asked }, { ...none, ...asked });
  });
}

test('octets beyond ASCII stay as they are, and a name of another form is the user', () => {
  const octets = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((each) => Buffer.from(each));
  const form = fc.constantFrom<Form>('plain', 'user-host', 'host-user');
  fc.assert(
    fc.property(octets, form, (name, chosen) => {
      const config = loginNameSchema.parse({ form: chosen });
      const read = readLoginName(name, config);
      if (read.asked === undefined) assert.deepEqual(read.user, name);
      else assert(name.includes(read.user));
      assert.deepEqual(rewriteUser(read.user, []), read.user);
    }),
  );
});

const rewrites: readonly (readonly [object[], string, string])[] = [
  [[{ lower_case: 'domain' }], 'Ann@EXAMPLE.org', 'Ann@example.org'],
  [[{ lower_case: 'all' }], 'ANN@EXAMPLE.org', 'ann@example.org'],
  [[{ lower_case: 'domain' }], 'ANN', 'ANN'],
  [[{ strip_domain: 'example.org' }], 'ann@Example.ORG', 'ann'],
  [[{ strip_domain: 'example.org' }], 'ann@other.example', 'ann@other.example'],
  [[{ strip_domain: '*' }], 'ann@b@other.example', 'ann@b'],
  [[{ strip_domain: '*' }], '@other.example', '@other.example'],
  [[{ append_domain: 'example.org' }], 'ann', 'ann@example.org'],
  [[{ append_domain: 'example.org' }], 'ann@a.example', 'ann@a.example'],
  [
    [{ strip_domain: 'old.example' }, { append_domain: 'new.example' }],
    'ann@old.example',
    'ann@new.example',
  ],
  [[{ lower_case: 'all' }], 'ÄNN', 'Änn'],
  [[{ replace: { pattern: '^([a-z])[a-z]*\\.([a-z]+)@', with: '$1$2@' } }], 'ann.lee@a', 'alee@a'],
  [[{ replace: { pattern: '^ann$', with: '' } }], 'ann', 'ann'],
  [[{ replace: { pattern: 'x', with: 'y' } }], 'ann', 'ann'],
  [[{ replace: { pattern: '(x)?n', with: '[$1$0$$]' } }], 'ann', 'a[n$]n'],
  [[{ replace: { pattern: '(?i)ANN', with: 'b' } }], 'Änn-ann', 'Änn-b'],
];

for (const [rewrite, name, told] of rewrites) {
  test(`${name} is told as ${told} by ${JSON.stringify(rewrite)}`, () => {
    const { rewrite: steps } = loginNameSchema.parse({ rewrite });
    assert.equal(rewriteUser(Buffer.from(name), steps).toString(), told);
  });
}
