// Owns runs of real mail programs against a POP3 server, each with a configuration of its own.
import { join } from 'node:path';
import { absence, host, inWorkplace, type RealClient } from './client-workplace.ts';
import { mutt } from './mutt.ts';
import { poplib } from './poplib.ts';

export const fetchmail: RealClient = {
  name: 'fetchmail',
  tlsModes: ['none', 'stls', 'implicit'],
  missing: () => absence('fetchmail'),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ folder, inbox, caFile, write, runHere }) => {
      const store = await write('store.sh', storeScript(inbox));
      const tls = {
        none: "sslproto ''",
        stls: `sslproto 'TLS1.2+' sslcertck sslcertfile ${caFile}`,
        implicit: `ssl sslproto 'TLS1.2+' sslcertck sslcertfile ${caFile}`,
      }[mailbox.tls];
      const rcFile = await write(
        'fetchmailrc',
        `set invisible
set softbounce
poll ${host} protocol pop3 service ${mailbox.port} timeout 60
  user "${mailbox.user}" password "${mailbox.password}" ${tls}
  fetchall ${mailbox.afterwards === 'keep' ? 'keep' : 'nokeep'} no rewrite
  fetchlimit ${mailbox.onlyFirst ?? 0}
  mda "/bin/sh ${store}"
`,
      );
      const ownFiles = ['-i', join(folder, 'ids'), '--pidfile', join(folder, 'pid')];
      const finished = await runHere('fetchmail', ['-N', '-d0', '-f', rcFile, ...ownFiles]);
      // 13 says that the limit was reached.
      const isLimited = mailbox.onlyFirst !== undefined && finished.code === 13;
      return isLimited ? { ...finished, code: 0 } : finished;
    }),
};

export const mpop: RealClient = {
  name: 'mpop',
  tlsModes: ['none', 'stls', 'implicit'],
  missing: () => absence('mpop'),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ folder, maildir, caFile, write, runHere }) => {
      // mpop has no such limit, but shows each header to a filter: 0 takes the message, 2 passes it over.
      const firstOnly = async (limit: number): Promise<string> => {
        const seen = join(folder, 'seen');
        const filter = `cat >/dev/null\necho >>${seen}\n[ $(wc -l <${seen}) -le ${limit} ] || exit 2\n`;
        return `/bin/sh ${await write('filter.sh', filter)}`;
      };
      const tls = {
        none: 'tls off',
        stls: `tls on\ntls_starttls on\ntls_trust_file ${caFile}`,
        implicit: `tls on\ntls_starttls off\ntls_trust_file ${caFile}`,
      }[mailbox.tls];
      const rcFile = await write(
        'mpoprc',
        `account test
host ${host}
port ${mailbox.port}
${tls}
auth user
user ${mailbox.user}
password ${mailbox.password}
timeout 60
received_header off
only_new off
keep ${mailbox.afterwards === 'keep' ? 'on' : 'off'}
uidls_file ${join(folder, 'uidls')}
delivery maildir ${maildir}
${mailbox.onlyFirst === undefined ? '' : `filter ${await firstOnly(mailbox.onlyFirst)}`}
`,
      );
      return runHere('mpop', ['-C', rcFile, '-q', 'test']);
    }),
};

export const getmail: RealClient = {
  name: 'getmail6',
  // getmail has no STLS.
  tlsModes: ['none', 'implicit'],
  missing: () => absence('getmail'),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ folder, inbox, caFile, write, runHere }) => {
      // getmail misses the end of a delivery that comes before it waits for it, and then fails.
      const waiter = `until grep -Eq '^SigCgt:.*[13579bdf]....$' /proc/$PPID/status; do :; done\nsleep 0.03\n`;
      const store = await write('store.sh', `${storeScript(inbox)}${waiter}`);
      const isTls = mailbox.tls === 'implicit';
      await write(
        'getmailrc',
        `[retriever]
type = ${isTls ? 'SimplePOP3SSLRetriever' : 'SimplePOP3Retriever'}
server = ${host}
port = ${mailbox.port}
username = ${mailbox.user}
password = ${mailbox.password}
timeout = 60
${isTls ? `ca_certs = ${caFile}` : ''}
[destination]
type = MDA_external
path = /bin/sh
arguments = ("${store}",)
[options]
read_all = true
delete = ${mailbox.afterwards === 'delete'}
delivered_to = false
received = false
verbose = 0
max_messages_per_session = ${mailbox.onlyFirst ?? 0}
`,
      );
      return runHere('getmail', [`--getmaildir=${folder}`, '--rcfile=getmailrc']);
    }),
};

export const curl: RealClient = {
  name: 'curl',
  tlsModes: ['none', 'stls', 'implicit'],
  missing: () => absence('curl'),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ inbox, caFile, write, runHere }) => {
      const scheme = mailbox.tls === 'implicit' ? 'pop3s' : 'pop3';
      const base = `${scheme}://${host}:${mailbox.port}`;
      const rcFile = await write(
        'curlrc',
        `user = "${mailbox.user}:${mailbox.password}"
silent
show-error
max-time = 100
cacert = "${caFile}"
${mailbox.tls === 'stls' ? 'ssl-reqd' : ''}
`,
      );
      const ask = (args: readonly string[]) => runHere('curl', ['-q', '-K', rcFile, ...args]);
      const listing = await ask(['--list-only', `${base}/`]);
      const total = listing.stdout.toString('latin1').split('\r\n').filter(Boolean).length;
      const count = Math.min(total, mailbox.onlyFirst ?? total);
      if (listing.code !== 0 || count === 0) return listing;
      // One process and so one session; the number of digits makes `#1` sort by name.
      const numbers = `${base}/[000001-${String(count).padStart(6, '0')}]`;
      const retrieval = await ask(['--output', join(inbox, '#1.eml'), numbers]);
      if (retrieval.code !== 0 || mailbox.afterwards === 'keep') return retrieval;
      return ask(['--head', '--request', 'DELE', numbers]);
    }),
};

// For programs that start one more for each message.
function storeScript(inbox: string): string {
  return `n=$(ls ${inbox} | wc -l)\ncat > ${inbox}/$(printf %06d $n).eml\n`;
}

export const realClients: readonly RealClient[] = [fetchmail, mpop, getmail, curl, mutt, poplib];
