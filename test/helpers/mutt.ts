// Owns runs of mutt on a mailbox that it opens over POP3: keys are pushed, the terminal is a pretended one.
// What it copies comes in the MMDF format, the one that quotes nothing.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { absence, host, inWorkplace, type RealClient } from './client-workplace.ts';

// RFC 976 knows it as the separator of MMDF: once before and once after each message.
const separator = '\x01\x01\x01\x01\n';

export const mutt: RealClient = {
  name: 'mutt',
  tlsModes: ['none', 'stls', 'implicit'],
  missing: () => absence('mutt') ?? absence('script'),
  download: (mailbox) =>
    inWorkplace(mailbox, async ({ folder, inbox, caFile, write, runHere }) => {
      const copies = join(folder, 'copies');
      const which = mailbox.onlyFirst === undefined ? '~A' : `~m 1-${mailbox.onlyFirst}`;
      const remove = `<delete-pattern>${which}<enter><sync-mailbox>`;
      const keys = [
        `<tag-pattern>${which}<enter><tag-prefix><copy-message><kill-line>${copies}<enter>`,
        `${mailbox.afterwards === 'delete' ? remove : ''}<quit>`,
      ].join('');
      const rcFile = await write(
        'muttrc',
        `set pop_user="${mailbox.user}" pop_pass="${mailbox.password}"
set pop_checkinterval=3600 pop_reconnect=no pop_delete=yes
set folder="${folder}"
set ssl_starttls=${mailbox.tls === 'stls' ? 'yes' : 'no'}
set ssl_force_tls=${mailbox.tls === 'none' ? 'no' : 'yes'}
set ssl_ca_certificates_file="${caFile}" certificate_file="${join(folder, 'accepted')}"
set mbox_type=MMDF sort=mailbox-order copy=no move=no record="" delete=yes quit=yes
set confirmcreate=no confirmappend=no wait_key=no sleep_time=0 resolve=no auto_tag=no
push '${keys}'
`,
      );
      const scheme = mailbox.tls === 'implicit' ? 'pops' : 'pop';
      const command = `mutt -n -F ${rcFile} -f ${scheme}://${host}:${mailbox.port}/`;
      const terminal = await write('terminal.sh', terminalScript(command));
      const finished = await runHere('sh', [terminal]);
      await splitCopies(copies, inbox);
      const screen = finished.stdout.toString('latin1');
      // mutt leaves with 0 whatever happens; only an index with its count of messages is a success.
      return { ...finished, code: /\[Msgs:/.test(screen) ? finished.code : 1, stderr: screen };
    }),
};

// Only its question about an unknown certificate is not answered by pushed keys; "r" rejects it. The
// pipe is open for writing too, as an end of input would be a key.
function terminalScript(command: string): string {
  return `mkfifo keys
exec 3<>keys
echo r >&3
script -qec '${command}' /dev/null <&3
`;
}

async function splitCopies(copies: string, inbox: string): Promise<void> {
  const text = await readFile(copies, 'latin1').catch(() => '');
  const messages = text.split(separator).filter((part) => part !== '');
  for (const [index, message] of messages.entries()) {
    const name = `${String(index).padStart(6, '0')}.eml`;
    await writeFile(join(inbox, name), withoutOwnFields(message), 'latin1');
  }
}

// The envelope line and the fields that describe the copy are mutt's own.
function withoutOwnFields(message: string): string {
  const [header = '', ...body] = message.replace(/^From .*\n/, '').split('\n\n');
  const kept = header.replaceAll(/^(?:Status|Content-Length|Lines): .*(?:\n|$)/gm, '');
  return [kept.trimEnd(), ...body].join('\n\n');
}
