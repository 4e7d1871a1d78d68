// Owns the view of the private Dovecot as one server among others.
import { dovecotMissing, startDovecot } from '../dovecot.ts';
import type { Pop3Server } from './server.ts';

const name = 'Dovecot';
const tlsModes = ['none', 'stls', 'implicit'] as const;

export const dovecot: Pop3Server = {
  name,
  tlsModes,
  missing: dovecotMissing,
  async start(options) {
    const running = await startDovecot(options);
    return {
      name,
      tlsModes,
      pop3Port: running.pop3Port,
      pop3sPort: running.pop3sPort,
      deliver: (user, messages) => running.deliver(user, messages),
      messages: (user) => running.messages(user),
      output: () => running.log(),
      stop: () => running.stop(),
      [Symbol.asyncDispose]: () => running.stop(),
    };
  },
};
