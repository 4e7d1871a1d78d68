// Owns a real Dovecot as the mail server behind the peers: slower than the source of the bench and no part
// of the figures, but a server that people run.
import { startDovecot } from '../../test/helpers/dovecot.ts';
import type { TestCertificates } from '../../test/helpers/test-certificates.ts';
import { findMailbox, type MaildropSize, userName, wholeMessage } from '../source/mailbox.ts';

export interface MailSource extends AsyncDisposable {
  readonly port: number;
}

export async function startDovecotSource(
  certificates: TestCertificates,
  transport: 'plain' | 'tls',
  sizes: readonly MaildropSize[],
): Promise<MailSource> {
  const maildrops = sizes.map(({ messages, octets }) => maildropOf(userName(messages, octets, 0)));
  const server = await startDovecot({
    users: maildrops.map(({ name }) => ({ name, password: 'secret' })),
    ...(transport === 'tls' ? { tls: certificates.server } : {}),
    extraConfig,
  });
  for (const { name, content } of maildrops) await server.deliver(name, content);
  return {
    port: transport === 'tls' ? server.pop3sPort : server.pop3Port,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function maildropOf(user: string): { readonly name: string; readonly content: Buffer[] } {
  const mailbox = findMailbox(user);
  if (mailbox === undefined) throw new Error(`${user} is no user of the bench`);
  const numbers = Array.from({ length: mailbox.count }, (_, index) => index + 1);
  return {
    name: user.replace(/@.*/, ''),
    content: numbers.map((number) => wholeMessage(mailbox, number)),
  };
}

/** All users with the same kind of maildrop share one: only the part before the @ is looked at. */
const extraConfig = `auth_username_format = %Ln
mail_max_userip_connections = 0
service anvil {
  client_limit = 10000
}
service auth {
  client_limit = 10000
}
service pop3-login {
  service_count = 0
  client_limit = 9000
  process_min_avail = 1
}
service pop3 {
  process_limit = 9000
}
`;
