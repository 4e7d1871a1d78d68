// Owns runs of HAProxy in front of a proxy on loopback.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accepts, eventually, findProgram, freePort, start, temporaryFolder } from './process.ts';
import type { Certificate } from './test-certificates.ts';

export interface HaproxyOptions {
  /** Of the proxy. */
  readonly port: number;
  /** Words of the `server` line: how the client is told of. */
  readonly sends: string;
  /** Given: TLS ends here. */
  readonly certificate?: Certificate;
}

export interface RunningHaproxy extends AsyncDisposable {
  readonly port: number;
}

/** Why HAProxy cannot be used here; undefined when it can. */
export function haproxyMissing(): string | undefined {
  return findProgram('haproxy') === undefined ? 'haproxy is not installed' : undefined;
}

export async function startHaproxy(options: HaproxyOptions): Promise<RunningHaproxy> {
  const program = findProgram('haproxy');
  if (program === undefined) throw new Error('haproxy is not installed');
  const folder = await temporaryFolder('haproxy');
  const port = await freePort();
  const configFile = join(folder.path, 'haproxy.cfg');
  const pemFile = join(folder.path, 'server.pem');
  const { certificate } = options;
  if (certificate !== undefined) {
    await writeFile(pemFile, certificate.certPem + certificate.keyPem, { mode: 0o600 });
  }
  await writeFile(
    configFile,
    `defaults
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:${port}${certificate === undefined ? '' : ` ssl crt ${pemFile}`}
  default_backend back
backend back
  server one 127.0.0.1:${options.port} ${options.sends}
`,
  );
  const child = await start(program, ['-db', '-f', configFile]);
  let isOver = false;
  void child.exited.then(() => {
    isOver = true;
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await child.exited;
    await folder[Symbol.asyncDispose]();
  };
  try {
    await eventually('haproxy listens', async () => {
      if (isOver) throw new Error(`haproxy ended: ${child.output()}`);
      return (await accepts(port)) ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, [Symbol.asyncDispose]: stop };
}
