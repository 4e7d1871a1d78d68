import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CentralClient, outcomesOf } from '../../../src/app/workers/central-client.ts';

test('the first goes at once; what comes meanwhile goes together, in order', async () => {
  const sent: (readonly string[])[] = [];
  const client = new CentralClient(async (requests) => {
    sent.push(requests);
    await new Promise(setImmediate);
    return null;
  });
  await Promise.all(['a', 'b', 'c'].map((request) => client.handle(request)));
  await client.handle('d');
  assert.deepEqual(sent, [['a'], ['b', 'c'], ['d']]);
});

test('each request has an outcome of its own', async () => {
  const handle = async (request: string): Promise<void> => {
    if (request.startsWith('bad')) throw new Error(`no ${request}`);
  };
  const client = new CentralClient((requests) => outcomesOf(requests.map(handle)));
  const settled = await Promise.allSettled(
    ['good', 'bad 1', 'good', 'bad 2'].map((request) => client.handle(request)),
  );
  assert.deepEqual(
    settled.map((each) => (each.status === 'rejected' ? String(each.reason) : 'done')),
    ['done', 'Error: no bad 1', 'done', 'Error: no bad 2'],
  );
});

test('when nobody knows what became of them, all have failed, and later ones are tried', async () => {
  let isThere = false;
  const client = new CentralClient(async () => {
    if (!isThere) throw new Error('gone');
    return null;
  });
  const settled = await Promise.allSettled(['a', 'b'].map((request) => client.handle(request)));
  assert.ok(settled.every(({ status }) => status === 'rejected'));
  isThere = true;
  await client.handle('c');
});
