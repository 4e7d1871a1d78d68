import assert from 'node:assert/strict';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { quarantineKeyCheck } from '../../../src/cli/doctor/quarantine-key-check.ts';
import { readConfig } from '../../../src/config/load.ts';
import { openQuarantine } from '../../../src/stores/open-quarantine.ts';
import { temporaryFolder } from '../../helpers/process.ts';

const text = `
listeners: [{name: a, port: 1110, tls: none}]
routes: [{name: r, upstream: {host: pop.example.net}}]
`;

test('a key is made at the start, fit for use, open to others, or lost', async () => {
  await using folder = await temporaryFolder('key');
  const { config } = await readConfig(text, join(folder.path, 'postern.yaml'), {});
  const { quarantine } = config;
  const diagnose = async (): Promise<string> => {
    const lines: string[] = [];
    const { run } = quarantineKeyCheck(quarantine);
    for await (const { level, found } of run(new AbortController().signal)) {
      lines.push(`${level} ${found}`);
    }
    return lines.join('\n');
  };
  for (const _ of [1, 2]) assert.match(await diagnose(), /^ok .* is made at the start$/);
  (await openQuarantine(quarantine, { clock: systemClock })).quarantine.close();
  assert.match(await diagnose(), /^ok .* is a key/);
  await chmod(quarantine.keyFile, 0o644);
  assert.match(await diagnose(), /^fail .* open to every user/);
  await rm(quarantine.keyFile);
  assert.match(await diagnose(), /^fail there is no .*, but a quarantine/);
});
