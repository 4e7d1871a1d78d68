// Owns what the demo runs on: a folder and the real program, and its result as an exit code.
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { startApp } from '../app/start-app.ts';
import { loadConfig } from '../config/load.ts';
import { findClamd, usualClamdAddresses } from '../demo/clamd-probe.ts';
import type { DemoPaths } from '../demo/demo-folder.ts';
import { type DemoProxy, runDemo } from '../demo/run-demo.ts';
import { buildSampleMailbox } from '../demo/sample-mailbox.ts';
import { createLogger } from '../telemetry/logger.ts';
import { CliError, exitCodes } from './failure.ts';

const clamdLimitMs = 2000;

/** Runs the demo in `wanted` or in a new temporary folder; returns the exit code. */
export async function demonstrate(wanted: string | undefined): Promise<number> {
  const folder = wanted === undefined ? await temporaryFolder() : await emptyFolder(wanted);
  const result = await runDemo({
    folder,
    samples: buildSampleMailbox(),
    output: process.stdout,
    progressOutput: process.stderr,
    startProxy,
    findClamd: () => findClamd(usualClamdAddresses, clamdLimitMs),
  });
  return result === 'asExpected' ? 0 : exitCodes.failure;
}

function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'postern-demo-'));
}

async function emptyFolder(path: string): Promise<string> {
  const folder = resolve(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length === 0) return folder;
  throw new CliError([`postern demo: ${folder} is not empty`]);
}

/** The real program; its log goes to a file, so that it does not disturb the table. */
async function startProxy({ configFile, logFile }: DemoPaths): Promise<DemoProxy> {
  const destination = createWriteStream(logFile, { mode: 0o600 });
  const log = createLogger({ level: 'info', format: 'json', destination });
  const app = await startApp(await loadConfig(configFile), { log });
  return {
    listeners: app.listeners,
    async stop() {
      await app.stop();
      destination.end();
      await finished(destination);
    },
  };
}
