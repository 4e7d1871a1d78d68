// Owns the flow of `postern init`: from flags and answers to a checked file. Where questions, probe
// and terminal come from is the caller's business.
import { readFile, stat, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { readConfig } from '../config/load.ts';
import { printSettings, type SettingsRequest } from './client-settings/print-settings.ts';
import { CliError } from './failure.ts';
import { composeConfig, type FirstConfig } from './first-config.ts';
import type { Questions } from './questions.ts';
import {
  candidateHosts,
  describeTls,
  findServer,
  type Probe,
  type TlsMode,
  usualPort,
} from './server-search.ts';

/** As the command line delivers them. */
export interface InitFlags {
  readonly host?: string;
  readonly port?: string;
  readonly tls?: TlsMode;
  readonly ca?: string;
  readonly listen?: string;
  readonly clientTls?: TlsMode;
  readonly output: string;
  readonly probe: boolean;
}

export interface InitTools {
  /** Undefined when nothing may be asked. */
  readonly questions: Questions | undefined;
  readonly probe: Probe;
  print(line: string): void;
  /** Places where a virus scanner of this machine would listen. */
  readonly clamdSockets: readonly string[];
}

const stepLimitMs = 8000;

const settingsWanted: SettingsRequest = {
  format: 'text',
  host: undefined,
  listener: undefined,
  user: undefined,
  caFile: undefined,
};

export async function initialise(flags: InitFlags, tools: InitTools): Promise<void> {
  const upstream = await chooseUpstream(flags, tools);
  const listener = await chooseListener(flags, tools);
  const clamdSocket = await findSocket(tools.clamdSockets);
  const plan: FirstConfig = { upstream, listener, clamdSocket };

  const text = composeConfig(plan);
  const { config } = await readConfig(text, flags.output);
  await writeOnce(flags.output, text, tools.questions);

  tools.print(`Written: ${flags.output}`);
  tools.print('');
  tools.print('Settings for the mail program:');
  for (const line of await printSettings(config, settingsWanted)) tools.print(line);
  tools.print('');
  tools.print(`Check it:  postern check-config ${flags.output}`);
  tools.print(`Run it:    postern serve --config ${flags.output}`);
}

async function chooseUpstream(
  flags: InitFlags,
  tools: InitTools,
): Promise<FirstConfig['upstream']> {
  const host = flags.host ?? (await tools.questions?.ask('Your mail address, or your POP3 server'));
  if (host === undefined) throw new CliError(['postern init: with --yes, --host is needed']);
  const port = flags.port === undefined ? undefined : parsePort(flags.port);
  const caFile = flags.ca === undefined ? undefined : resolve(flags.ca);
  if (!flags.probe) {
    const tls = flags.tls ?? 'implicit';
    return { host, port: port ?? usualPort(tls), tls, caFile };
  }

  tools.print('Looking for the server...');
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
  const request = { hosts: candidateHosts(host), port, tls: flags.tls, ca, stepLimitMs };
  const found = await findServer(request, tools.probe, tools.print);
  if (found === undefined) {
    throw new CliError([
      `postern init: no POP3 server answered for ${host}`,
      'Name it with --host, --port and --tls, or write the file without looking by --no-probe.',
    ]);
  }
  const { answer } = found;
  const encryption = answer.tls?.protocol ?? describeTls(found.tls);
  tools.print(`Found: ${found.host} port ${found.port}, ${encryption}, "${answer.greeting}"`);
  if (answer.capabilities?.hasUidl === false) {
    tools.print('Note: this server has no UIDL, so mail programs cannot leave mail on it.');
  }
  if (found.tls === 'none' && flags.tls !== 'none') await acceptPlaintext(tools.questions);
  return { host: found.host, port: found.port, tls: found.tls, caFile };
}

async function acceptPlaintext(questions: Questions | undefined): Promise<void> {
  const isAccepted = await questions?.confirm(
    'This server offers no valid encryption: passwords and mail travel readable. Go on?',
  );
  if (isAccepted === true) return;
  throw new CliError([
    'postern init: the server offers no valid encryption; --tls none takes it all the same',
  ]);
}

const usualListenPort = { none: 1110, stls: 1110, implicit: 1995 } as const;

async function chooseListener(
  flags: InitFlags,
  tools: InitTools,
): Promise<FirstConfig['listener']> {
  const tls = flags.clientTls ?? (await askClientTls(tools.questions));
  const fallback = `127.0.0.1:${usualListenPort[tls]}`;
  const text =
    flags.listen ??
    (await tools.questions?.ask('Listen on (address:port)', {
      fallback,
      check: (answer) =>
        maybeSocket(answer) === undefined ? 'For example 127.0.0.1:1110.' : undefined,
    })) ??
    fallback;
  const socket = maybeSocket(text);
  if (socket === undefined) {
    throw new CliError([
      `postern init: expected address:port such as ${fallback}, got ${JSON.stringify(text)}`,
    ]);
  }
  if (tls === 'none' && !isLoopback(socket.address)) {
    tools.print('Note: this listener takes passwords unencrypted from other machines.');
  }
  return { ...socket, tls };
}

async function askClientTls(questions: Questions | undefined): Promise<TlsMode> {
  if (questions === undefined) return 'none';
  const answer = await questions.ask(
    'Encryption for mail programs: none (same machine), stls or implicit',
    {
      fallback: 'none',
      check: (word) => (isTlsMode(word) ? undefined : 'One of none, stls, implicit.'),
    },
  );
  return isTlsMode(answer) ? answer : 'none';
}

function isTlsMode(word: string): word is TlsMode {
  return word === 'none' || word === 'stls' || word === 'implicit';
}

function maybeSocket(text: string): { address: string; port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  return isIP(address) !== 0 && port <= 65_535 ? { address, port } : undefined;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new CliError([
    `postern init: expected a port from 1 to 65535, got ${JSON.stringify(text)}`,
  ]);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

async function findSocket(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isSocket() === true) return path;
  }
  return undefined;
}

/** Overwrites only after a yes. */
async function writeOnce(
  file: string,
  text: string,
  questions: Questions | undefined,
): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere) throw error;
    if ((await questions?.confirm(`${file} exists. Overwrite it?`)) !== true) {
      throw new CliError([`postern init: ${file} exists and was left alone; see --output`]);
    }
    await writeFile(file, text);
  }
}
