import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoreMetrics } from '../../src/telemetry/core-metrics.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

async function counted(work: (metrics: CoreMetrics) => void): Promise<string[]> {
  const registry = createMetrics();
  work(new CoreMetrics(registry.core));
  const lines = (await registry.text()).split('\n');
  return lines.filter((line) => /^postern_/.test(line) && !/_bucket|_total 0$/.test(line));
}

test('open sessions are counted up and down, for each listener', async () => {
  const lines = await counted((metrics) => {
    metrics.sessionOpened('a');
    metrics.sessionOpened('a');
    metrics.sessionOpened('b');
    metrics.sessionEnded('a', 1500);
  });
  assert.deepEqual(lines, [
    'postern_sessions_total{listener="a"} 2',
    'postern_sessions_total{listener="b"} 1',
    'postern_sessions_open{listener="a"} 1',
    'postern_sessions_open{listener="b"} 1',
    'postern_session_duration_seconds_sum{listener="a"} 1.5',
    'postern_session_duration_seconds_count{listener="a"} 1',
  ]);
});

test('a delivery counts messages, octets and time', async () => {
  const lines = await counted((metrics) => {
    metrics.messageDelivered('r', 'replace', 1200, 250);
    metrics.messageDelivered('r', 'pass', 100, 250);
  });
  assert.deepEqual(lines, [
    'postern_messages_delivered_total{route="r",action="replace"} 1',
    'postern_messages_delivered_total{route="r",action="pass"} 1',
    'postern_delivered_octets_total{route="r"} 1300',
    'postern_delivery_duration_seconds_sum{route="r",action="replace"} 0.25',
    'postern_delivery_duration_seconds_count{route="r",action="replace"} 1',
    'postern_delivery_duration_seconds_sum{route="r",action="pass"} 0.25',
    'postern_delivery_duration_seconds_count{route="r",action="pass"} 1',
  ]);
});

test('everything else is counted by name', async () => {
  const lines = await counted((metrics) => {
    metrics.loginResult('r', 'refused');
    metrics.messageRefused('r', 'MESSAGE_DEFERRED');
    metrics.messageBroken('r', 'UPSTREAM_LOST');
    metrics.readAhead('r', { used: 2, unused: 0 });
    metrics.readAhead('r', { used: 1, unused: 4 });
    metrics.verdict('clamav', 'block');
    metrics.spamResult('spam');
    metrics.quarantineStored('hold');
    metrics.quarantineReleased();
    metrics.quarantineExpired(3);
    metrics.digestPosted();
    metrics.reloadEnded('taken');
  });
  assert.deepEqual(lines, [
    'postern_logins_total{route="r",result="refused"} 1',
    'postern_messages_refused_total{route="r",code="MESSAGE_DEFERRED"} 1',
    'postern_messages_broken_total{route="r",code="UPSTREAM_LOST"} 1',
    'postern_messages_read_ahead_total{route="r",use="used"} 3',
    'postern_messages_read_ahead_total{route="r",use="unused"} 4',
    'postern_verdicts_total{plugin="clamav",verdict="block"} 1',
    'postern_spam_results_total{result="spam"} 1',
    'postern_quarantine_stored_total{action="hold"} 1',
    'postern_quarantine_released_total 1',
    'postern_quarantine_expired_total 3',
    'postern_digests_total 1',
    'postern_reloads_total{result="taken"} 1',
  ]);
});
