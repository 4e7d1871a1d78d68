import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findTree,
  memoryOfTree,
  type ProcessStat,
  parseRollup,
  parseStat,
} from '../../bench/harness/process-stat.ts';

function statLine(comm: string): string {
  // proc(5): pid comm state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime ...
  return `17 (${comm}) S 4 17 17 0 -1 4194304 9 8 7 6 100 20 3 1 20 0 1 0 5000 0 0\n`;
}

test('CPU time is user and system time, of children that have ended too', () => {
  assert.deepEqual(parseStat(statLine('pop3')), { pid: 17, parent: 4, cpuMs: 1240 });
});

test('a name with blanks and brackets moves no field', () => {
  assert.deepEqual(parseStat(statLine('a) S 9 (b')), parseStat(statLine('pop3')));
});

test('a line that is none is passed over', () => {
  assert.equal(parseStat(''), undefined);
});

test('memory of its own leaves out pages of files', () => {
  const text = [
    '563a6dd5c000-7ffd13f91000 ---p 00000000 00:00 0 [rollup]',
    'Rss:                1636 kB',
    'Pss:                 274 kB',
    'Pss_Anon:            112 kB',
    'Pss_File:            150 kB',
    'Pss_Shmem:            12 kB',
  ].join('\n');
  assert.deepEqual(parseRollup(text), { rssKb: 1636, ownKb: 124 });
});

test('a tree is its roots with all that descends from them, each once', () => {
  const process = (pid: number, parent: number): ProcessStat => ({ pid, parent, cpuMs: 0 });
  const all = [process(1, 0), process(2, 1), process(3, 2), process(4, 3), process(5, 1)];
  const pids = (roots: readonly number[]): number[] =>
    findTree(all, roots)
      .map(({ pid }) => pid)
      .sort((a, b) => a - b);
  assert.deepEqual(pids([2]), [2, 3, 4]);
  assert.deepEqual(pids([2, 3]), [2, 3, 4]);
  assert.deepEqual(pids([]), []);
  assert.deepEqual(pids([99]), []);
});

test('this process has memory, and a process that is none has not', () => {
  assert.ok(memoryOfTree([process.pid]).rssKb > 0);
  assert.deepEqual(memoryOfTree([]), { rssKb: 0, ownKb: 0 });
});
