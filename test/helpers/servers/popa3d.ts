// Owns a private popa3d: a process for each connection, mail in mbox files, passwords through PAM. It has no TLS.
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnPerConnection } from './connection-spawner.ts';
import { appendToMbox, readMbox } from './mbox.ts';
import { mailAccount, prepareView, viewMissing } from './private-view.ts';
import type { Pop3Server } from './server.ts';

const name = 'popa3d';
const tlsModes = ['none'] as const;

export const popa3d: Pop3Server = {
  name,
  tlsModes,
  missing: () => viewMissing('popa3d'),
  async start({ users }) {
    await using started = new AsyncDisposableStack();
    const view = started.use(
      await prepareView({
        tree: 'popa3d',
        users,
        accounts: ['popa3d'],
        pamServices: ['popa3d'],
        files: () => ({}),
      }),
    );
    await view.launch(['sleep', 'infinity']);
    const spawner = started.use(await spawnPerConnection(view.inside(['popa3d'])));
    const resources = started.move();
    const mbox = (user: string): string => join(view.folder, 'mail', user);
    const stop = (): Promise<void> => resources.disposeAsync();
    return {
      name,
      tlsModes,
      pop3Port: spawner.port,
      pop3sPort: undefined,
      async deliver(user, messages) {
        await appendToMbox(mbox(user), messages);
        await chown(mbox(user), mailAccount.uid, mailAccount.gid);
      },
      messages: (user) => readMbox(mbox(user)),
      output: () => Promise.resolve(view.output() + spawner.output()),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  },
};
