// Owns runs of the system's own programs for `postern rules --check`.
import { execFile } from 'node:child_process';
import type { RunTool } from '../../interception/rules/check-rules.ts';

const limits = { timeout: 20_000, maxBuffer: 64 * 1024 * 1024 };

/** Administrators' programs are not always on the path of a user. */
const env = {
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
  LC_ALL: 'C',
};

export const runTool: RunTool = (program, args) =>
  new Promise((resolve) => {
    execFile(program, args, { ...limits, env }, (error, stdout, stderr) => {
      if (error === null) return resolve({ kind: 'done', stdout });
      const [line = ''] = stderr.trim().split('\n');
      const why =
        error.code === 'ENOENT' ? 'it is not installed' : line === '' ? error.message : line;
      resolve({ kind: 'failed', reason: `${program} cannot be asked: ${why}` });
    });
  });
