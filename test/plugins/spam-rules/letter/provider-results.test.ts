import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProviderResults } from '../../../../plugins/spam-rules/letter/provider-results.ts';
import { HeaderBlock } from '../../../../src/message/header-block.ts';

const trust = { routes: undefined, authservIds: new Set(['mx.example.net']), spamFields: [] };

function methodsOf(...values: readonly string[]): string[] {
  const lines = values.map((value) => `Authentication-Results: ${value}\r\n`).join('');
  const { authentication } = readProviderResults(
    new HeaderBlock(Buffer.from(`${lines}\r\n`)),
    'sample',
    [trust],
  );
  return authentication.map(({ method, result }) => `${method}=${result}`);
}

const forged = 'mx.example.net; dmarc=pass header.from=bank.test';

test('the first field of the provider counts, below those of others', () => {
  assert.deepEqual(methodsOf('mx.example.org; dkim=pass', 'mx.example.net; dmarc=fail', forged), [
    'dmarc=fail',
  ]);
});

test('a field that nobody can read hides none below it that the sender wrote', () => {
  for (const broken of [
    'mx.example.net; spf=fail (of "a) ("@x.test)',
    'mx.example.net; dmarc=fail (',
  ]) {
    assert.deepEqual(methodsOf(broken, forged), []);
  }
});
