// Owns a private Cyrus: master with both POP3 ports and LMTP, everything in one folder, passwords in
// a SASL database, so that it offers CRAM-MD5 and SCRAM.
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Pop3Client } from '../pop3-client.ts';
import { accepts, eventually, freePort } from '../process.ts';
import { type Account, accountOf, prepareView, viewMissing } from './private-view.ts';
import type { Pop3Server, ServerUser } from './server.ts';

const name = 'Cyrus';
const tlsModes = ['none', 'stls', 'implicit'] as const;
const accounts = ['cyrus'];
const realm = 'localhost';

export const cyrus: Pop3Server = {
  name,
  tlsModes,
  missing: () => viewMissing('cyrus'),
  async start({ users, tls }) {
    const pop3Port = await freePort();
    const pop3sPort = await freePort();
    await using started = new AsyncDisposableStack();
    const view = started.use(
      await prepareView({
        tree: 'cyrus',
        users: [],
        accounts,
        pamServices: [],
        files: (folder) => ({
          'server.crt': tls.certPem,
          'server.key': tls.keyPem,
          'imapd.conf': imapdConfiguration(folder),
          'cyrus.conf': masterConfiguration(folder, pop3Port, pop3sPort),
          'cyrus.sh': startScript(folder),
          'deliver.sh': deliverScript(folder),
          'accounts/list': users.map(accountLine).join(''),
        }),
      }),
    );
    const owner = accountOf({ accounts }, 'cyrus');
    for (const place of ['conf', 'spool', 'socket', 'incoming']) {
      await makeOwned(join(view.folder, place), owner);
    }
    await chown(join(view.folder, 'server.key'), owner.uid, owner.gid);
    await chmod(join(view.folder, 'server.key'), 0o600);
    await view.launch(['sh', join(view.folder, 'cyrus.sh')]);
    await eventually('cyrus listens', async () => {
      view.assertRunning();
      return (await accepts(pop3Port)) && (await accepts(pop3sPort)) ? true : undefined;
    });
    const resources = started.move();
    let deliveries = 0;
    const stop = (): Promise<void> => resources.disposeAsync();
    return {
      name,
      tlsModes,
      pop3Port,
      pop3sPort,
      async deliver(user, messages) {
        const incoming = join(view.folder, 'incoming', String(deliveries++));
        await makeOwned(incoming, owner);
        for (const [index, message] of messages.entries()) {
          await writeFile(join(incoming, String(index).padStart(6, '0')), message);
        }
        await view.run(['sh', join(view.folder, 'deliver.sh'), user, incoming]);
      },
      messages: (user) => askForMessages(pop3Port, users, user),
      output: () => Promise.resolve(view.output()),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  },
};

function imapdConfiguration(folder: string): string {
  return `configdirectory: ${folder}/conf
partition-default: ${folder}/spool
defaultpartition: default
servername: ${realm}
cyrus_user: cyrus
cyrus_group: cyrus
proc_path: ${folder}/socket/proc
mboxname_lockpath: ${folder}/socket/lock
lmtpsocket: ${folder}/socket/lmtp
idlesocket: ${folder}/socket/idle
notifysocket: ${folder}/socket/notify
autocreate_quota: 0
autocreate_post: yes
expunge_mode: immediate
delete_mode: immediate
duplicatesuppression: no
popminpoll: 0
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: ${folder}/conf/sasldb2
sasl_mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256
tls_server_cert: ${folder}/server.crt
tls_server_key: ${folder}/server.key
`;
}

function masterConfiguration(folder: string, pop3Port: number, pop3sPort: number): string {
  const service = (id: string, program: string, listen: string): string =>
    `  ${id} cmd="/usr/lib/cyrus/bin/${program} -C ${folder}/imapd.conf" listen="${listen}" prefork=0\n`;
  return `START {
}
SERVICES {
${service('pop3', 'pop3d', `127.0.0.1:${pop3Port}`)}\
${service('pop3s', 'pop3d -s', `127.0.0.1:${pop3sPort}`)}\
${service('lmtp', 'lmtpd -a', `${folder}/socket/lmtp`)}\
}
EVENTS {
}
`;
}

function startScript(folder: string): string {
  return `set -e
while IFS=' ' read -r user password; do
  printf %s "$password" | saslpasswd2 -p -c -u ${realm} -f ${folder}/conf/sasldb2 "$user"
done <${folder}/accounts/list
chown cyrus ${folder}/conf/sasldb2
exec /usr/lib/cyrus/bin/master -D -C ${folder}/imapd.conf -M ${folder}/cyrus.conf -p ${folder}/socket/pid
`;
}

function accountLine({ name: user, password }: ServerUser): string {
  return `${user} ${password}\n`;
}

function deliverScript(folder: string): string {
  return `set -e
for message in "$2"/*; do
  /usr/lib/cyrus/bin/deliver -C ${folder}/imapd.conf "$1" <"$message"
done
`;
}

async function makeOwned(path: string, owner: Account): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o755 });
  await chown(path, owner.uid, owner.gid);
}

// Cyrus leaves the files of deleted messages behind for a while; only it knows which of them count.
async function askForMessages(
  port: number,
  users: readonly ServerUser[],
  name: string,
): Promise<Buffer[]> {
  const account = users.find((user) => user.name === name);
  if (account === undefined) throw new Error(`no user ${name}`);
  const session = await Pop3Client.connect({ port });
  await session.login(account.name, account.password);
  const replies = await session.retrieveAll();
  await session.command('QUIT');
  await session.closed;
  return replies.map(({ body }) => body);
}
