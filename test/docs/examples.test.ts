import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { validate } from '../../src/app/chain.ts';
import { loadConfig } from '../../src/config/load.ts';
import { temporaryFolder } from '../helpers/process.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const root = join(import.meta.dirname, '../..');
const documents = globSync('{README.md,docs/**/*.md,plugins/**/README.md}', { cwd: root }).sort();

test('every relative link in the documents leads to a file', () => {
  assert(documents.length > 15, `only ${documents.length} documents found`);
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8').replaceAll(/^```.*?^```$/gms, '');
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      assert(existsSync(resolve(root, dirname(document), target)), `${document}: ${target}`);
    }
  }
});

for (const document of ['README.md', 'docs/docker.md', 'docs/service.md']) {
  test(`the configuration in ${document} is good, down to the options of its plugins`, async () => {
    const text = readFileSync(join(root, document), 'utf8');
    const yaml = /^```yaml\n(listeners:.*?)^```$/ms.exec(text)?.[1];
    assert(yaml !== undefined);
    await using folder = await temporaryFolder('docs-example');
    const { certPem, keyPem } = makeTestCertificates().server;
    for (const place of ['.', 'tls']) {
      await mkdir(join(folder.path, place), { recursive: true });
      await writeFile(join(folder.path, place, 'fullchain.pem'), certPem);
      await writeFile(join(folder.path, place, 'privkey.pem'), keyPem);
    }
    const file = join(folder.path, 'postern.yaml');
    await writeFile(file, yaml);
    await validate(await loadConfig(file, {}));
  });
}

test('every configuration in docs/tls.md is good', async () => {
  const text = readFileSync(join(root, 'docs/tls.md'), 'utf8');
  const examples = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => yaml);
  assert(examples.length >= 5);
  await using folder = await temporaryFolder('docs-tls');
  const { certPem, keyPem } = makeTestCertificates().server;
  await mkdir(join(folder.path, 'rsa'));
  for (const name of ['fullchain', 'rsa/fullchain', 'pop.example.org']) {
    await writeFile(join(folder.path, `${name}.pem`), certPem);
  }
  for (const name of ['privkey', 'rsa/privkey', 'pop.example.org-key']) {
    await writeFile(join(folder.path, `${name}.pem`), keyPem);
  }
  await writeFile(join(folder.path, 'tickets.secret'), 'x'.repeat(64));
  const listeners = 'listeners: [{name: a, port: 0, tls: none}]\n';
  const routes = 'routes: [{name: a, upstream: {host: pop.example.net}}]\n';
  for (const yaml of examples) {
    const whole = [
      /^listeners:/m.test(yaml) ? '' : listeners,
      /^routes:/m.test(yaml) ? '' : routes,
      yaml,
    ];
    const file = join(folder.path, 'postern.yaml');
    await writeFile(file, whole.join(''));
    await validate(await loadConfig(file, { POSTERN_CA_PASSPHRASE: 'open sesame' }));
  }
});

test('every decision has a number of its own and the same five headings', () => {
  const decisions = globSync('docs/adr/*.md', { cwd: root }).sort();
  assert(decisions.length >= 10);
  const numbers = decisions.map((file) => /^docs\/adr\/(\d{4})-/.exec(file)?.[1]);
  assert.equal(new Set(numbers).size, decisions.length);
  for (const [index, file] of decisions.entries()) {
    const number = numbers[index];
    assert(number !== undefined, file);
    const text = readFileSync(join(root, file), 'utf8');
    assert(text.startsWith(`# ${number} `), file);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, ['Context', 'Choice', 'Alternatives', 'Price', 'Look again'], file);
  }
});
