// Owns `postern audit`: whether the audit trail is whole and as it was written.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ChainKey, toChainKey } from '../../base/hash-chain.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { AuditCheck } from '../audit-check.ts';
import { findConfigFile } from '../config-file.ts';
import { CliError, exitCodes } from '../failure.ts';

interface VerifyOptions {
  readonly config?: string;
  readonly keyFile?: string;
  readonly part?: boolean;
}

export function register(program: Command): void {
  const audit = program.command('audit').description('work with the audit trail');
  audit
    .command('verify')
    .description('look whether lines of the audit trail were changed, removed or added')
    .argument('[files...]', 'files of one trail; by default those of every audit-log plugin')
    .option('-c, --config <file>', 'whose plugins to look for; by default as for serve')
    .option('-k, --key-file <file>', 'the key of the trail, if not that of the configuration')
    .option('--part', 'the files are a part of a trail: what comes before and after is not missed')
    .addHelpText('after', '\nEnds with 0 when all is well, 1 when not.')
    .action(verify);
}

async function verify(files: readonly string[], options: VerifyOptions): Promise<void> {
  const isSound =
    files.length > 0 ? await verifyFiles(files, options) : await verifyConfigured(options);
  if (!isSound) process.exitCode = exitCodes.failure;
}

async function verifyFiles(names: readonly string[], options: VerifyOptions): Promise<boolean> {
  const [{ auditFile }, { checkTrail, findHead }] = await tools();
  const key = await readKey(options.keyFile);
  const heads = await Promise.all(names.map((name) => findHead(name, key)));
  const head = heads.find(({ kind }) => kind !== 'missing') ?? { kind: 'unknown' as const };
  return checkTrail({ files: names.map(auditFile), key, head, ...common(options) });
}

async function verifyConfigured(options: VerifyOptions): Promise<boolean> {
  const [{ findAuditFiles }, { checkTrail, findHead }] = await tools();
  const { loadConfig } = await import('../../config/load.ts');
  const loaded = await loadConfig(await findConfigFile(options.config));
  let isSound = true;
  for (const { file, keyFile } of await configuredTrails(loaded)) {
    const key = await readKey(options.keyFile ?? keyFile);
    // The checkpoint first: while a proxy runs, the files may go on beyond it, but not stay behind.
    const head = await findHead(file, key);
    await using found = await findAuditFiles(file);
    const isThisSound = await checkTrail({ files: found.files, key, head, ...common(options) });
    isSound &&= isThisSound;
  }
  return isSound;
}

function tools() {
  return Promise.all([import('../audit-files.ts'), import('../audit-check.ts')]);
}

function common({ part }: VerifyOptions): Pick<AuditCheck, 'extent' | 'print'> {
  return { extent: part === true ? 'part' : 'whole', print: (line) => console.log(line) };
}

interface ConfiguredTrail {
  readonly file: string;
  readonly keyFile: string | undefined;
}

/** Paths as the plugin takes them; its own schema has checked the options. */
async function configuredTrails(loaded: LoadedConfig): Promise<readonly ConfiguredTrail[]> {
  const { checkPlugins } = await import('../../pipeline/registry.ts');
  await checkPlugins(loaded);
  const trails = loaded.config.plugins.flatMap(({ use, options }): ConfiguredTrail[] => {
    const file = member(options, 'file');
    if (use !== 'audit-log' || typeof file !== 'string') return [];
    const keyFile = member(member(options, 'key'), 'file');
    return [
      {
        file: resolve(loaded.folder, file),
        keyFile: typeof keyFile === 'string' ? resolve(loaded.folder, keyFile) : undefined,
      },
    ];
  });
  if (trails.length > 0) return trails;
  throw new CliError(
    [`${loaded.file}: there is no plugin audit-log, so there is no audit trail`],
    exitCodes.configuration,
  );
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}

async function readKey(path: string | undefined): Promise<ChainKey | undefined> {
  if (path === undefined) return undefined;
  const key = toChainKey(await readFile(path));
  if (key === undefined) {
    throw new CliError([`${path}: holds fewer than 16 octets, too few for a key`]);
  }
  return key;
}
