// Thunderbird under a virtual display loads a mailbox through the proxy, over STLS and over implicit TLS.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import { startPostern } from '../helpers/postern.ts';
import { eventually } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';
import { desktopMissing, openDesktop } from './desktop.ts';
import { comparable, desktopMessages } from './mail.ts';

const password = 'pass-word';
const limitMs = 120_000;

for (const tls of ['stls', 'implicit'] as const) {
  test(`Thunderbird gets every message over ${tls}`, async (t) => {
    if (!needs(t, dovecotMissing() ?? desktopMissing('thunderbird', 'certutil'))) return;
    const certificates = makeTestCertificates();
    await using dovecot = await startDovecot({
      users: [{ name: 'joe', password }],
      tls: certificates.server,
    });
    await dovecot.deliver('joe', desktopMessages);
    await using postern = await startPostern({
      upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
      certificates,
    });
    await using desktop = await openDesktop();
    const profile = join(desktop.home, 'profile');
    const ca = join(desktop.home, 'ca.pem');
    await mkdir(profile);
    await writeFile(ca, certificates.caPem);
    await writeFile(join(profile, 'user.js'), preferences(postern.port(tls), tls));
    await desktop.handOver();
    const database = `sql:${profile}`;
    await desktop.run('certutil', ['-N', '-d', database, '--empty-password']);
    const trust = ['-A', '-n', 'test', '-t', 'C,,', '-i', ca];
    await desktop.run('certutil', [...trust, '-d', database]);

    await desktop.launch('thunderbird', ['--no-remote', '--profile', profile]);
    const inbox = join(profile, 'Mail', 'localhost', 'Inbox');
    try {
      await desktop.typeInto('Enter your password', password);
      await eventually(
        'all messages are in the inbox',
        async () => {
          const found = await readMessages(inbox);
          return found.length === desktopMessages.length ? true : undefined;
        },
        limitMs,
      );
    } finally {
      await desktop.screenshot(`thunderbird-${tls}`);
    }
    const stored = await readMessages(inbox);
    assert.deepEqual(stored.map(comparable), desktopMessages.map(comparable));
  });
}

function preferences(port: number, tls: 'stls' | 'implicit'): string {
  const values: Readonly<Record<string, string | number | boolean>> = {
    'mail.accountmanager.accounts': 'account1',
    'mail.accountmanager.defaultaccount': 'account1',
    'mail.account.account1.server': 'server1',
    'mail.account.account1.identities': 'id1',
    'mail.identity.id1.fullName': 'Joe',
    'mail.identity.id1.useremail': 'joe@example.org',
    'mail.identity.id1.valid': true,
    'mail.server.server1.type': 'pop3',
    'mail.server.server1.hostname': 'localhost',
    'mail.server.server1.port': port,
    'mail.server.server1.userName': 'joe',
    'mail.server.server1.name': 'joe',
    // nsMsgSocketType: 2 is STARTTLS, 3 is TLS from the start. Method 3 is the password itself.
    'mail.server.server1.socketType': tls === 'stls' ? 2 : 3,
    'mail.server.server1.authMethod': 3,
    'mail.server.server1.directory-rel': '[ProfD]Mail/localhost',
    'mail.server.server1.login_at_startup': true,
    'mail.server.server1.check_new_mail': true,
    'mail.server.server1.download_on_biff': true,
    'mail.server.server1.leave_on_server': true,
    'mail.server.server1.storeContractID': '@mozilla.org/msgstore/berkeleystore;1',
    'mail.root.pop3-rel': '[ProfD]Mail',
    'mail.spotlight.firstRunDone': true,
    'mail.shell.checkDefaultClient': false,
    'mail.rights.version': 1,
    'mailnews.start_page.enabled': false,
    'mail.provider.suppress_dialog_on_startup': true,
    'datareporting.policy.dataSubmissionEnabled': false,
    'datareporting.policy.dataSubmissionPolicyBypassNotification': true,
    'app.update.enabled': false,
    'app.donation.eoy.version.viewed': 999,
    'browser.cache.disk.enable': false,
    'network.proxy.type': 0,
  };
  return Object.entries(values)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('');
}

// An mbox, with fields of Thunderbird's own at the start of each message.
async function readMessages(path: string): Promise<string[]> {
  const text = await readFile(path, 'latin1').catch(() => '');
  const [, ...messages] = `\n${text.replaceAll('\r\n', '\n')}`.split(/\nFrom .*\n/);
  return messages.map((message) =>
    message.replaceAll(/^(?:X-Mozilla-|X-Account-Key|X-UIDL).*\n/gm, ''),
  );
}
