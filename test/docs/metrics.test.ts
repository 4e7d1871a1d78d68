import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CoreMetrics } from '../../src/telemetry/core-metrics.ts';
import { LoginMetrics } from '../../src/telemetry/login-metrics.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { TlsMetrics } from '../../src/telemetry/tls-metrics.ts';
import { TrainingMetrics } from '../../src/telemetry/training-metrics.ts';
import { WorkerMetrics } from '../../src/telemetry/worker-metrics.ts';

interface Documented {
  readonly type: string;
  readonly labels: string;
  readonly help: string;
}

const document = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

function documented(): Map<string, Documented> {
  const rows = new Map<string, Documented>();
  for (const line of document.split('\n')) {
    const [metric = '', type = '', labels = '', help = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const name = /^`(postern_\w+)`$/.exec(metric)?.[1];
    if (name !== undefined) rows.set(name, { type, labels: labels.replaceAll('`', ''), help });
  }
  return rows;
}

/** A registry in which everything has been recorded once. */
async function pageOfAll(): Promise<string> {
  const registry = createMetrics();
  const metrics = new CoreMetrics(registry.core);
  metrics.sessionOpened('l');
  metrics.sessionEnded('l', 1);
  metrics.loginResult('r', 'accepted');
  metrics.messageDelivered('r', 'pass', 1, 1);
  metrics.messageRefused('r', 'CODE');
  metrics.messageBroken('r', 'CODE');
  metrics.readAhead('r', { used: 1, unused: 1 });
  metrics.verdict('p', 'pass');
  metrics.spamResult('spam');
  metrics.quarantineStored('hold');
  metrics.quarantineReleased();
  metrics.quarantineExpired(1);
  metrics.digestPosted();
  metrics.reloadEnded('taken');
  metrics.certificateExpires('l', 'pop.example', 1);
  const logins = new LoginMetrics(registry.core);
  logins.failed('r', 'wrong password');
  logins.delayed('address', 'delayed', 1);
  new TlsMetrics(registry.core).session('client', 'stls', 'TLSv1.3');
  metrics.targetForbidden('r', 'port');
  metrics.hostPassedOver('r');
  metrics.hostsFailing(1);
  const training = new TrainingMetrics(registry.core);
  training.lesson('link', 'spam', 'learned');
  training.example('spam', 'signed');
  training.page('shown');
  const workers = new WorkerMetrics(registry.core);
  workers.serving(1);
  workers.restarted();
  const counter = registry
    .forPlugin('p')
    .counter('x_total', { help: 'For a test.', labels: ['a'] });
  for (let index = 0; index <= 1000; index++) counter.add(1, { a: `${index}` });
  counter.add(-1);
  return registry.text();
}

async function registered(): Promise<Map<string, Documented>> {
  const page = await pageOfAll();
  const found = new Map<string, Documented>();
  for (const [, name = '', help = ''] of page.matchAll(/^# HELP (\S+) (.*)$/gm)) {
    if (name.startsWith('postern_p_')) continue;
    const type = new RegExp(`^# TYPE ${name} (\\w+)$`, 'm').exec(page)?.[1] ?? '';
    const sample = new RegExp(`^${name}(?:_count)?(?:\\{(.*)\\})? \\S+$`, 'm').exec(page);
    assert.ok(sample !== null, `${name} is not recorded`);
    const labels = [...(sample[1] ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label);
    found.set(name, { type, labels: labels.join(', '), help });
  }
  return found;
}

test('docs/metrics.md has every metric of Postern and no other, as it is registered', async () => {
  const [inDocument, inRegistry] = [documented(), await registered()];
  assert.ok(inRegistry.size > 15);
  assert.deepEqual([...inDocument.keys()], [...inRegistry.keys()].toSorted());
  for (const [name, facts] of inRegistry) assert.deepEqual(inDocument.get(name), facts, name);
});
