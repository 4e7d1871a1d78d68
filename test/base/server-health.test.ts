import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerHealth } from '../../src/base/server-health.ts';

const longest = (): ServerHealth => new ServerHealth(() => 0.999_999);

test('three failures in a row begin a pause; two and a success do not', () => {
  const health = longest();
  health.failed('broken', 0);
  health.failed('broken', 0);
  health.succeeded();
  health.failed('broken', 0);
  health.failed('broken', 0);
  assert.equal(health.isLeftAlone(0), false);
  health.failed('broken', 0);
  assert.equal(health.isLeftAlone(999), true);
  assert.equal(health.isLeftAlone(1000), false);
});

test('a server that cannot be reached is left alone at once', () => {
  const health = longest();
  health.failed('unreachable', 0);
  assert.equal(health.isLeftAlone(0), true);
});

test('the pauses double up to a minute and start again after a success', () => {
  const health = longest();
  const pauses: number[] = [];
  let nowMs = 0;
  const failAgain = (): void => {
    health.trying();
    health.failed('unreachable', nowMs);
    const from = nowMs;
    while (health.isLeftAlone(nowMs)) nowMs += 500;
    pauses.push((nowMs - from) / 1000);
  };
  for (let round = 0; round < 8; round++) failAgain();
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
  health.succeeded();
  failAgain();
  assert.equal(pauses.at(-1), 1);
});

test('after the pause one question is let through, and its outcome decides', () => {
  const health = longest();
  health.failed('unreachable', 0);
  health.trying();
  assert.equal(health.isLeftAlone(5000), true, 'one is enough');
  health.succeeded();
  assert.equal(health.isLeftAlone(5000), false);
});

test('a trial that was taken back leaves the way free for the next', () => {
  const health = longest();
  health.failed('unreachable', 0);
  health.trying();
  health.abandoned();
  assert.equal(health.isLeftAlone(5000), false);
});

test('failures of questions that were under way when the pause began do not lengthen it', () => {
  const health = longest();
  for (let count = 0; count < 20; count++) health.failed('unreachable', 0);
  assert.equal(health.isLeftAlone(1000), false);
});

test('pauses are spread over the last quarter of their length', () => {
  const shortest = new ServerHealth(() => 0);
  shortest.failed('unreachable', 0);
  assert.equal(shortest.isLeftAlone(749), true);
  assert.equal(shortest.isLeftAlone(750), false);
});
