// Owns where the configuration is looked for when nobody names it.
import { access } from 'node:fs/promises';
import { CliError, exitCodes } from './failure.ts';

export const defaultConfigFiles: readonly string[] = [
  './postern.yaml',
  '/etc/postern/postern.yaml',
];

/** The named file, or the first default one that exists. Throws three lines that say how to write one. */
export async function findConfigFile(named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  for (const file of defaultConfigFiles) {
    if (await exists(file)) return file;
  }
  throw new CliError(
    [
      `No configuration found: neither ${defaultConfigFiles.join(' nor ')}.`,
      'Write one by answering a few questions:  postern init',
      'Or start from an example in the config folder, name it with --config, and test it with postern check-config.',
    ],
    exitCodes.configuration,
  );
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    // A file that may not be read is there all the same; loading it says what is wrong.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
