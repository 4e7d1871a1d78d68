// Claws Mail under a virtual display loads a mailbox through the proxy, over STLS and over implicit TLS.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
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

for (const tls of ['stls', 'implicit'] as const) {
  test(`Claws Mail gets every message over ${tls}`, async (t) => {
    if (!needs(t, dovecotMissing() ?? desktopMissing('claws-mail'))) return;
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
    const inbox = join(desktop.home, 'Mail', 'inbox');
    const settings = join(desktop.home, 'settings');
    await mkdir(inbox, { recursive: true });
    await mkdir(settings);
    await writeFile(join(settings, 'ca.pem'), certificates.caPem);
    await writeFile(join(settings, 'accountrc'), account(postern.port(tls), tls));
    await writeFile(join(settings, 'folderlist.xml'), folderList);
    await writeFile(
      join(settings, 'clawsrc'),
      '[Common]\nreceive_dialog_mode=2\nmainwin_x=0\nmainwin_y=0\nmainwin_width=1200\nmainwin_height=750\n',
    );
    await desktop.handOver();

    await desktop.launch('env', [
      `SSL_CERT_FILE=${join(settings, 'ca.pem')}`,
      'claws-mail',
      '--alternate-config-dir',
      settings,
      '--receive-all',
      '--select',
      '#mh/Mailbox/inbox',
    ]);
    const names = await eventually(
      'all messages are in the inbox',
      async () => {
        const found = (await readdir(inbox)).filter((name) => /^\d+$/.test(name));
        return found.length === desktopMessages.length ? found : undefined;
      },
      60_000,
    ).finally(() => desktop.screenshot(`claws-mail-${tls}`));
    // Claws Mail files new mail in an order of its own.
    const stored = await Promise.all(names.map((name) => readFile(join(inbox, name))));
    assert.deepEqual(stored.map(comparable).sort(), desktopMessages.map(comparable).sort());
  });
}

function account(port: number, tls: 'stls' | 'implicit'): string {
  return `[Account: 1]
account_name=test
is_default=1
name=Joe
address=joe@example.org
protocol=0
receive_server=localhost
user_id=joe
password=${password}
set_popport=1
pop_port=${port}
ssl_pop=${tls === 'implicit' ? 1 : 2}
inbox=#mh/Mailbox/inbox
remove_mail=0
getall_onjob=1
ssl_certs_auto_accept=1
`;
}

const folderList = `<?xml version="1.0" encoding="UTF-8"?>
<folderlist>
  <folder type="mh" name="Mailbox" path="Mail" collapsed="0">
    <folderitem type="inbox" name="inbox" path="inbox"/>
  </folder>
</folderlist>
`;
