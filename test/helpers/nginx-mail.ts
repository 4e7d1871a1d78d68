// Owns a private nginx as a mail proxy: POP3 on a loopback port, with a directory behind auth_http.
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  accepts,
  eventually,
  findProgram,
  freePort,
  killTree,
  start,
  temporaryFolder,
} from './process.ts';

const mailModule = '/usr/lib/nginx/modules/ngx_mail_module.so';

/** Why nginx cannot be used here; undefined when it can. */
export function nginxMissing(): string | undefined {
  if (findProgram('nginx') === undefined) return 'nginx is not installed';
  return existsSync(mailModule) ? undefined : 'libnginx-mod-mail is not installed';
}

export interface NginxMailOptions {
  readonly directoryPort: number;
  /** `X-Auth-Key: secret` */
  readonly header: { readonly name: string; readonly value: string };
}

export interface RunningNginx extends AsyncDisposable {
  readonly pop3Port: number;
}

export async function startNginxMail(options: NginxMailOptions): Promise<RunningNginx> {
  const program = findProgram('nginx');
  if (program === undefined) throw new Error('nginx is not installed');
  const folder = await temporaryFolder('nginx');
  await chmod(folder.path, 0o711);
  const pop3Port = await freePort();
  const file = join(folder.path, 'nginx.conf');
  await writeFile(file, configuration(folder.path, pop3Port, options));
  const server = await start(program, ['-p', folder.path, '-e', 'stderr', '-c', file]);
  const stop = async (): Promise<void> => {
    killTree(server.pid);
    await server.exited.catch(() => {});
    await folder[Symbol.asyncDispose]();
  };
  let isOver = false;
  void server.exited.finally(() => {
    isOver = true;
  });
  try {
    await eventually('nginx listens', async () => {
      if (isOver) throw new Error(`nginx ended: ${server.output()}`);
      return (await accepts(pop3Port)) ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { pop3Port, [Symbol.asyncDispose]: stop };
}

function configuration(
  folder: string,
  pop3Port: number,
  { directoryPort, header }: NginxMailOptions,
): string {
  return `
load_module ${mailModule};
daemon off;
worker_processes 1;
pid ${join(folder, 'nginx.pid')};
error_log stderr;
events {}
mail {
  server_name localhost;
  auth_http 127.0.0.1:${directoryPort}/auth;
  auth_http_header ${header.name} "${header.value}";
  pop3_auth plain;
  server { listen 127.0.0.1:${pop3Port}; protocol pop3; proxy_timeout 1m; }
}
`;
}
