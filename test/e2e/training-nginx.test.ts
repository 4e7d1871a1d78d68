// The web server in front of the page behind the links, configured as docs/training.md shows it.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { absence } from '../helpers/client-workplace.ts';
import { accepts, eventually, freePort, start, temporaryFolder } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { press, startTrainingPages } from '../helpers/training-pages.ts';

async function documentedBlock(): Promise<string> {
  const text = await readFile(new URL('../../docs/training.md', import.meta.url), 'utf8');
  const block = /```nginx\n(.*?)```/s.exec(text)?.[1];
  assert.ok(block !== undefined, 'the document has a block for nginx');
  return block;
}

test('behind nginx a link opens the page, its buttons lead back to it, and readers are told apart', async (t) => {
  if (!needs(t, absence('nginx'))) return;
  await using folder = await temporaryFolder('nginx');
  await using pages = await startTrainingPages();
  const path = (name: string): string => join(folder.path, name);
  const port = await freePort();
  const location = (await documentedBlock()).replace('127.0.0.1:8120', `127.0.0.1:${pages.port}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    path('nginx.conf'),
    `daemon off;
pid ${path('pid')};
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${path(name)};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    ${location}
  }
}
`,
  );
  const nginx = await start('nginx', [
    ...['-p', folder.path, '-e', path('errors'), '-c', path('nginx.conf')],
  ]);
  t.after(async () => {
    nginx.kill('SIGTERM');
    await nginx.exited;
  });
  await eventually('nginx listens', async () => ((await accepts(port)) ? true : undefined));

  const own = await pages.linkTo('Subject: hi\r\n\r\ntext');
  const link = own.replace(`:${pages.port}/`, `:${port}/learn/`);
  const page = await fetch(link);
  assert.equal(page.status, 200);
  const text = await page.text();
  assert.match(text, /<form method="post">/, 'a form without an address goes to that of the page');
  assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
  assert.match(await press(link, 'spam'), /has learned that this is spam/);

  // Who is behind nginx is who nginx says, whatever he says himself.
  const seen: number[] = [];
  for (let index = 0; index < 250 && !seen.includes(429); index += 1) {
    const headers = { 'x-forwarded-for': `192.0.2.${index}` };
    const answer = await fetch(`${link}x`, { headers });
    await answer.arrayBuffer();
    seen.push(answer.status);
  }
  assert.equal(seen.at(-1), 429);
});
