// Owns a private Courier: its own super server on two ports, maildirs, passwords through its authentication daemon and PAM.
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accepts, eventually, freePort } from '../process.ts';
import { accountOf, homeOf, mailAccount, prepareView, viewMissing } from './private-view.ts';
import type { Pop3Server } from './server.ts';

const name = 'Courier';
const tlsModes = ['none', 'stls', 'implicit'] as const;
const accounts = ['courier'];

export const courier: Pop3Server = {
  name,
  tlsModes,
  missing: () => viewMissing('courier'),
  async start({ users, tls }) {
    const pop3Port = await freePort();
    const pop3sPort = await freePort();
    await using started = new AsyncDisposableStack();
    const view = started.use(
      await prepareView({
        tree: 'courier',
        users,
        accounts,
        pamServices: ['pop3'],
        files: (folder) => ({
          'server.pem': `${tls.certPem}${tls.keyPem}`,
          'courier.sh': startScript(folder, pop3Port, pop3sPort),
        }),
      }),
    );
    const courierAccount = accountOf({ accounts }, 'courier');
    // Its TLS process has given up root before it reads the key.
    await chmod(join(view.folder, 'server.pem'), 0o600);
    await chown(join(view.folder, 'server.pem'), courierAccount.uid, courierAccount.gid);
    await mkdir(join(view.folder, 'run/courier/authdaemon'), { recursive: true });
    const maildir = (user: string): string => join(homeOf(view.folder, user), 'Maildir');
    for (const user of users) await makeMaildir(homeOf(view.folder, user.name));
    await view.launch(['sh', join(view.folder, 'courier.sh')]);
    await eventually('courier listens', async () => {
      view.assertRunning();
      return (await accepts(pop3Port)) && (await accepts(pop3sPort)) ? true : undefined;
    });
    const resources = started.move();
    let delivered = 0;
    const stop = (): Promise<void> => resources.disposeAsync();
    return {
      name,
      tlsModes,
      pop3Port,
      pop3sPort,
      async deliver(user, messages) {
        for (const message of messages) {
          // Courier numbers mail by the time in the file name, then by the name itself.
          const file = `${1_700_000_000 + delivered++}.M${delivered}P1.postern-test`;
          await writeOwned(join(maildir(user), 'new', file), toLf(message));
        }
      },
      messages: (user) => readMaildir(maildir(user)),
      output: () => Promise.resolve(view.output()),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  },
};

// What Courier's own start scripts do, in the foreground and on other ports.
function startScript(folder: string, pop3Port: number, pop3sPort: number): string {
  const listen = (port: number, ...wrapper: readonly string[]): string =>
    [
      '/usr/sbin/couriertcpd -address=127.0.0.1 -maxprocs=100 -maxperip=100',
      `-nodnslookup -noidentlookup ${port}`,
      ...wrapper,
      '/usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir &',
    ].join(' ');
  return `set -ae
. /etc/courier/authdaemonrc
/usr/lib/courier/courier-authlib/authdaemond &
. /etc/courier/pop3d
. /etc/courier/pop3d-ssl
TLS_CERTFILE=${folder}/server.pem
TLS_CACHEFILE=
TLS_DHPARAMS=
prefix=/usr exec_prefix=/usr sbindir=/usr/sbin bindir=/usr/bin libexecdir=/usr/lib/courier
${listen(pop3Port)}
POP3_TLS=1 POP3_STARTTLS=NO
${listen(pop3sPort, '/usr/bin/couriertls -server -tcpd -user=courier')}
wait
`;
}

async function makeMaildir(home: string): Promise<void> {
  for (const place of ['', 'cur', 'new', 'tmp']) {
    const path = join(home, 'Maildir', place);
    await mkdir(path, { recursive: true, mode: 0o755 });
    await chown(path, mailAccount.uid, mailAccount.gid);
  }
  await chown(home, mailAccount.uid, mailAccount.gid);
}

async function writeOwned(path: string, octets: Buffer): Promise<void> {
  await writeFile(path, octets, { mode: 0o600 });
  await chown(path, mailAccount.uid, mailAccount.gid);
}

async function readMaildir(root: string): Promise<Buffer[]> {
  const places = ['cur', 'new'].map((place) => join(root, place));
  const files = (
    await Promise.all(
      places.map(async (place) => (await readdir(place)).map((file) => ({ place, file }))),
    )
  ).flat();
  files.sort((a, b) => (a.file < b.file ? -1 : 1));
  return Promise.all(files.map(({ place, file }) => readFile(join(place, file))));
}

// A maildir has LF; Courier makes CRLF of each when it sends.
function toLf(message: Buffer): Buffer {
  return Buffer.from(message.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
