// Owns runs of the whole proxy in front of a test server: three listeners, one route, a folder of its own.
// In the process of the test by default; as a process of its own where a test kills or measures it.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startApp } from '../../src/app/start-app.ts';
import type { LogFields, Logger } from '../../src/base/log.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { ClientTls } from './pop3-client.ts';
import { accepts, eventually, freePort, start, temporaryFolder } from './process.ts';
import { readOriginals } from './quarantine.ts';
import type { TestCertificates } from './test-certificates.ts';

export interface PosternOptions {
  readonly upstream: { readonly port: number; readonly tls: ClientTls };
  readonly certificates: TestCertificates;
  /** Deadlines towards the upstream, as in the YAML. */
  readonly timeouts?: Readonly<Record<string, string>>;
  /** Entries of `plugins` as in the YAML; paths are relative to the folder of the configuration. */
  readonly plugins?: readonly object[];
  /** Further top-level keys of the YAML. */
  readonly settings?: Readonly<Record<string, object | number>>;
  /** Files that the configuration refers to, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly text: string;
}

export interface RunningPostern extends AsyncDisposable {
  /** Of the listener with this kind of encryption, on 127.0.0.1. */
  port(tls: ClientTls): number;
  /** Of the configuration and everything it names. */
  readonly folder: string;
  /** Exists and is empty at start. */
  readonly quarantineFolder: string;
  readonly configFile: string;
  stop(): Promise<void>;
}

export interface PosternInProcess extends RunningPostern {
  readonly logLines: readonly LogLine[];
  /** Writes the file anew with these keys changed and takes it up, as SIGHUP does. */
  reload(changes: Pick<PosternOptions, 'plugins' | 'settings'>): Promise<void>;
}

export interface PosternProcess extends RunningPostern {
  readonly pid: number;
  output(): string;
  /** As a service manager ends it; the folder stays. */
  terminate(): Promise<void>;
}

const tlsModes = ['none', 'stls', 'implicit'] as const;

export async function startPostern(options: PosternOptions): Promise<PosternInProcess> {
  const prepared = await prepare(options, { none: 0, stls: 0, implicit: 0 });
  const logLines: LogLine[] = [];
  try {
    const app = await startApp(await loadConfig(prepared.configFile), {
      log: recordingLogger(logLines, {}),
    });
    const stop = async (): Promise<void> => {
      await app.stop();
      await prepared.remove();
    };
    return {
      logLines,
      folder: prepared.folder,
      quarantineFolder: prepared.quarantineFolder,
      configFile: prepared.configFile,
      async reload(changes) {
        await prepared.write({ ...options, ...changes });
        await app.reload(await loadConfig(prepared.configFile));
      },
      port(tls) {
        const listener = app.listeners.find(({ name }) => name === tls);
        if (listener === undefined) throw new Error(`no listener ${tls}`);
        return listener.port;
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await prepared.remove();
    throw error;
  }
}

export async function startPosternProcess(options: PosternOptions): Promise<PosternProcess> {
  const ports = { none: await freePort(), stls: await freePort(), implicit: await freePort() };
  const prepared = await prepare(options, ports);
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const child = await start(process.execPath, [main, 'serve', '--config', prepared.configFile]);
  let isOver = false;
  void child.exited.then(() => {
    isOver = true;
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await child.exited;
    await prepared.remove();
  };
  try {
    await eventually('the proxy listens', async () => {
      if (isOver) throw new Error(`the proxy ended: ${child.output()}`);
      const answers = await Promise.all(Object.values(ports).map(accepts));
      return answers.every(Boolean) ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pid: child.pid,
    output: child.output,
    async terminate() {
      child.kill('SIGTERM');
      await child.exited;
    },
    folder: prepared.folder,
    quarantineFolder: prepared.quarantineFolder,
    configFile: prepared.configFile,
    port: (tls) => ports[tls],
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** All originals in the quarantine, by id. */
export function quarantinedOriginals({
  folder,
  quarantineFolder,
}: RunningPostern): Promise<Map<string, Buffer>> {
  return readOriginals(quarantineFolder, join(folder, 'state', 'quarantine.key'));
}

interface Prepared {
  readonly folder: string;
  readonly configFile: string;
  readonly quarantineFolder: string;
  /** Writes the configuration anew. */
  write(options: PosternOptions): Promise<void>;
  remove(): Promise<void>;
}

async function prepare(
  options: PosternOptions,
  ports: Readonly<Record<ClientTls, number>>,
): Promise<Prepared> {
  const temporary = await temporaryFolder('proxy');
  const folder = temporary.path;
  const quarantineFolder = join(folder, 'quarantine');
  await mkdir(quarantineFolder, { mode: 0o700 });
  const { certificates, files = {} } = options;
  const written: Record<string, string> = {
    'server.crt': certificates.server.certPem,
    'server.key': certificates.server.keyPem,
    'ca.pem': certificates.caPem,
    ...files,
  };
  for (const [name, text] of Object.entries(written)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
  const configFile = join(folder, 'postern.yaml');
  const write = async (now: PosternOptions): Promise<void> => {
    // JSON is YAML.
    await writeFile(configFile, JSON.stringify(configurationOf(now, ports), undefined, 2));
  };
  await write(options);
  return {
    folder,
    configFile,
    quarantineFolder,
    write,
    async remove() {
      await temporary[Symbol.asyncDispose]();
    },
  };
}

function configurationOf(
  { upstream, timeouts = {}, plugins = [], settings = {} }: PosternOptions,
  ports: Readonly<Record<ClientTls, number>>,
): object {
  const certificate = { cert: './server.crt', key: './server.key' };
  return {
    listeners: tlsModes.map((tls) => ({
      name: tls,
      address: '127.0.0.1',
      port: ports[tls],
      tls,
      ...(tls === 'none' ? {} : { certificate }),
    })),
    routes: [{ name: 'test', upstream: upstreamSettings(upstream), timeouts }],
    quarantine: { folder: './quarantine' },
    // A test that has what it wants leaves its sessions open.
    shutdown: { sessions: '0s' },
    plugins,
    ...settings,
  };
}

function upstreamSettings({ port, tls }: PosternOptions['upstream']): object {
  if (tls === 'none') return { host: '127.0.0.1', port, tls, allow_plaintext_login: true };
  return { host: '127.0.0.1', port, tls, ca: './ca.pem', server_name: 'localhost' };
}

function recordingLogger(lines: LogLine[], inherited: LogFields): Logger {
  const record =
    (level: LogLine['level']) =>
    (fields: LogFields, text: string): void => {
      lines.push({ level, fields: { ...inherited, ...fields }, text });
    };
  return {
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
    child: (fields) => recordingLogger(lines, { ...inherited, ...fields }),
  };
}
