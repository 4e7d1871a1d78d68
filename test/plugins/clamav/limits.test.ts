import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClamdConf } from '../../../plugins/clamav/clamd-conf.ts';
import { limitsOf, warnings } from '../../../plugins/clamav/limits.ts';

const mega = 1024 ** 2;
const nothing = { maxConcurrent: undefined, maxStreamBytes: undefined, clamdConf: undefined };
const file = (text: string) => ({ path: '/etc/clamav/clamd.conf', conf: parseClamdConf(text) });

test('of an unknown clamd its defaults are assumed, and options take their place', () => {
  assert.deepEqual(limitsOf(nothing, undefined), {
    maxConcurrent: 10,
    maxBytes: 100 * mega,
    maxPartsBytes: 400 * mega,
    silentLimitMs: 120_000,
  });
  const given = { ...nothing, maxConcurrent: 3, maxStreamBytes: 300 * mega };
  const limits = limitsOf(given, undefined);
  assert.equal(limits.maxConcurrent, 3);
  assert.equal(limits.maxBytes, 300 * mega);
});

test('no more goes to a known clamd than each of its limits allows', () => {
  const largest = (text: string) => limitsOf(nothing, file(text)).maxBytes;
  assert.equal(largest('StreamMaxLength 5M'), 5 * mega);
  assert.equal(largest('MaxFileSize 5M'), 5 * mega);
  // The decoded parts count again.
  assert.equal(largest('MaxScanSize 10M'), 5 * mega);
  assert.equal(largest('MaxScanSize 10M\nAlertExceedsMax yes'), 100 * mega);
  assert.equal(
    largest('StreamMaxLength 0\nMaxFileSize 0\nMaxScanSize 0\nMaxScanTime 0'),
    2 ** 31 - 3,
  );
});

test('max_stream lowers what a known clamd takes, but does not raise it', () => {
  const known = file('StreamMaxLength 25M\nMaxThreads 4');
  const largest = (maxStreamBytes: number) => limitsOf({ ...nothing, maxStreamBytes }, known);
  assert.equal(largest(5 * mega).maxBytes, 5 * mega);
  assert.equal(largest(50 * mega).maxBytes, 25 * mega);
  assert.equal(largest(5 * mega).maxConcurrent, 4);
});

test('a clamd that says when it gives up, or never does, is believed at any time', () => {
  const silent = (text: string) => limitsOf(nothing, file(text)).silentLimitMs;
  assert.equal(silent('MaxScanTime 5000'), 5000);
  assert.equal(silent('MaxScanTime 5000\nAlertExceedsMax yes'), undefined);
  assert.equal(silent('MaxScanTime 0'), undefined);
});

test('the line to add to clamd.conf is said', () => {
  const conf = file('');
  const [advice, ...others] = warnings(limitsOf(nothing, conf), conf, 150_000);
  assert.deepEqual(others, []);
  assert.deepEqual(advice?.fields, {
    file: '/etc/clamav/clamd.conf',
    line: 'AlertExceedsMax yes',
  });
});

test('nothing is said of a clamd that is set up well, or not known', () => {
  const conf = file('AlertExceedsMax yes');
  assert.deepEqual(warnings(limitsOf(nothing, conf), conf, 150_000), []);
  assert.deepEqual(warnings(limitsOf(nothing, undefined), undefined, 1), []);
});

test('options that do not go with clamd are named', () => {
  const conf = file('AlertExceedsMax yes\nMaxThreads 4\nMaxScanTime 200000');
  const limits = limitsOf({ ...nothing, maxConcurrent: 5 }, conf);
  const texts = warnings(limits, conf, 150_000).map(({ text }) => text);
  assert.equal(texts.length, 2);
  assert.match(texts[0] ?? '', /more scans at a time/);
  assert.match(texts[1] ?? '', /scan_timeout ends before MaxScanTime/);
});
