// What `postern client-settings` prints for fetchmail, mpop and getmail works as it is, with the
// password put in.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { printSettings } from '../../src/cli/client-settings/print-settings.ts';
import { readConfig } from '../../src/config/load.ts';
import { absence, host, inWorkplace, type Workplace } from '../helpers/client-workplace.ts';
import { dovecotMissing, startDovecot } from '../helpers/dovecot.ts';
import type { ClientTls } from '../helpers/pop3-client.ts';
import { startPostern } from '../helpers/postern.ts';
import type { Finished } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const user = 'joe';
const password = 'pass-word';
const message = Buffer.from('From: a@example.org\r\nSubject: hello\r\n\r\nHello.\r\n');

interface Program {
  readonly name: 'fetchmail' | 'mpop' | 'getmail';
  readonly tlsModes: readonly ClientTls[];
  run(workplace: Workplace, snippet: string): Promise<Finished>;
}

const programs: readonly Program[] = [
  {
    name: 'fetchmail',
    tlsModes: ['none', 'stls', 'implicit'],
    // Where mail goes is not part of the settings of an account.
    run: async ({ write, runHere, inbox }, snippet) =>
      runHere('fetchmail', [
        ...['-f', await write('.fetchmailrc', snippet)],
        ...['-m', `/bin/sh -c 'cat > ${join(inbox, '000000.eml')}'`],
      ]),
  },
  {
    name: 'mpop',
    tlsModes: ['none', 'stls', 'implicit'],
    run: async ({ write, runHere, maildir }, snippet) => {
      await write('.mpoprc', snippet.replace('~/Maildir', maildir));
      return runHere('mpop', ['-q', 'main']);
    },
  },
  {
    name: 'getmail',
    tlsModes: ['none', 'implicit'],
    run: async ({ write, runHere, folder, maildir }, snippet) => {
      await write('getmailrc', snippet.replace('~/Maildir/', `${maildir}/`));
      return runHere('getmail', [`--getmaildir=${folder}`]);
    },
  },
];

for (const program of programs) {
  for (const tls of program.tlsModes) {
    test(`${program.name} fetches mail with the printed settings, client leg ${tls}`, async (t) => {
      if (!needs(t, dovecotMissing() ?? absence(program.name))) return;
      await using dovecot = await startDovecot({
        users: [{ name: user, password }],
        tls: certificates.server,
      });
      await dovecot.deliver(user, [message]);
      await using postern = await startPostern({
        upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
        certificates,
      });
      const port = postern.port(tls);
      const mailbox = { port, tls, ca: certificates.caPem, user, password, afterwards: 'keep' };
      const result = await inWorkplace({ ...mailbox, afterwards: 'keep' }, async (workplace) => {
        const text = `
listeners: [{name: main, port: ${port}, tls: ${tls}, announce: {host: ${host}}}]
routes: [{name: r, upstream: {host: pop.example.org}}]
`;
        const { config } = await readConfig(text, 'postern.yaml', {});
        const lines = await printSettings(config, {
          format: program.name,
          host: undefined,
          listener: undefined,
          user,
          caFile: workplace.caFile,
        });
        const snippet = `${lines.join('\n')}\n`.replaceAll(/PASSWORD(?!\.$)/gm, password);
        return program.run(workplace, snippet);
      });
      assert.equal(result.code, 0, result.stderr);
      assert.equal(result.messages.length, 1);
      assert.match(result.messages[0]?.toString() ?? '', /^Subject: hello$/m);
      assert.equal((await dovecot.messages(user)).length, 1, 'it stays on the server');
    });
  }
}
