// Owns a private pop3d of GNU mailutils: one daemon with both ports, mail in mbox files, passwords through PAM.
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { accepts, eventually, freePort } from '../process.ts';
import { appendToMbox, readMbox } from './mbox.ts';
import { mailAccount, prepareView, viewMissing } from './private-view.ts';
import type { Pop3Server } from './server.ts';

const name = 'GNU mailutils';
const tlsModes = ['none', 'stls', 'implicit'] as const;

export const mailutils: Pop3Server = {
  name,
  tlsModes,
  missing: () => viewMissing('mailutils'),
  async start({ users, tls }) {
    const pop3Port = await freePort();
    const pop3sPort = await freePort();
    await using started = new AsyncDisposableStack();
    const view = started.use(
      await prepareView({
        tree: 'mailutils',
        users,
        accounts: [],
        pamServices: ['gnu-pop3d'],
        files: (folder) => ({
          'server.crt': tls.certPem,
          'server.key': tls.keyPem,
          'apop.txt': users.map((user) => `${user.name} ${user.password}\n`).join(''),
          'pop3d.conf': configuration(folder, pop3Port, pop3sPort),
          'pop3d.sh': startScript(folder),
        }),
      }),
    );
    await view.launch(['sh', join(view.folder, 'pop3d.sh')]);
    await eventually('mailutils listens', async () => {
      view.assertRunning();
      return (await accepts(pop3Port)) && (await accepts(pop3sPort)) ? true : undefined;
    });
    const resources = started.move();
    const mbox = (user: string): string => join(view.folder, 'mail', user);
    const stop = (): Promise<void> => resources.disposeAsync();
    return {
      name,
      tlsModes,
      pop3Port,
      pop3sPort,
      async deliver(user, messages) {
        await appendToMbox(mbox(user), messages);
        await chown(mbox(user), mailAccount.uid, mailAccount.gid);
      },
      messages: (user) => readMbox(mbox(user)),
      output: () => Promise.resolve(view.output()),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  },
};

// Its greeting always invites to APOP, which without secrets of its own can only refuse.
function startScript(folder: string): string {
  return `set -e
popauth --create --file=${folder}/apop.txt --output=${folder}/apop.db
exec pop3d --config-file=${folder}/pop3d.conf
`;
}

function configuration(folder: string, pop3Port: number, pop3sPort: number): string {
  const server = (port: number, mode: 'ondemand' | 'connection'): string =>
    `server 127.0.0.1:${port} {
  tls-mode ${mode};
  tls {
    ssl-certificate-file ${folder}/server.crt;
    ssl-key-file ${folder}/server.key;
  };
};
`;
  return `mode daemon;
foreground yes;
max-children 100;
apop-database-file ${folder}/apop.db;
apop-database-safety none;
logging {
  syslog no;
};
tls-file-checks {
  key-file none;
};
${server(pop3Port, 'ondemand')}${server(pop3sPort, 'connection')}`;
}
