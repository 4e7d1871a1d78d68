// Owns the short hand in which tests write a session: events in, what Postern does as text out.
import { unknownCapabilities } from '../../src/pop3/capability.ts';
import type { SessionAction, SessionEvent } from '../../src/session/events.ts';
import { Maildrop, type MaildropMessage } from '../../src/session/maildrop.ts';
import { Session, type SessionOptions } from '../../src/session/session.ts';

export const sessionOptions: SessionOptions = {
  banner: 'ready',
  offersStls: true,
  isEncrypted: false,
  loginAttempts: 3,
};

const admitted = { kind: 'admitted' } as const;

/** Replies as they go on the wire without the last line end, other actions as `<kind what>`. */
function describe(action: SessionAction): string {
  switch (action.kind) {
    case 'sendReply':
      return action.bytes.toString('latin1').replace(/\r\n$/, '');
    case 'logIn': {
      const { user, password } = action.credentials;
      const mode = action.mode === 'utf8' ? ' in utf8' : '';
      return `<logIn ${user.toString('latin1')} ${password.reveal().toString('latin1')}${mode}>`;
    }
    case 'deliver':
      return `<deliver ${action.message.number} ${action.bodyLines ?? 'whole'}>`;
    case 'update':
      return `<update ${action.deleted.map(named).join(' ')}>`;
    case 'checkOriginals':
      return `<checkOriginals ${action.message.number} ${action.originals.join(' ')}>`;
    case 'endSession':
      return `<endSession ${action.reason}>`;
    case 'startTls':
    case 'expectSaslResponse':
      return `<${action.kind}>`;
  }
}

function named(message: MaildropMessage): string {
  return message.source === 'upstream' ? String(message.upstreamNumber) : message.id;
}

export class SessionScript {
  readonly session: Session;

  constructor(options: Partial<SessionOptions> = {}) {
    this.session = new Session({ ...sessionOptions, ...options });
  }

  /** A session that has greeted. */
  static connected(options: Partial<SessionOptions> = {}): SessionScript {
    const script = new SessionScript(options);
    script.event({ kind: 'connected', admission: admitted });
    return script;
  }

  /** A session with three messages of 100, 200 and 300 octets, which upstream are 11, 12 and 13. */
  static loggedIn(uidls: 'with UIDLs' | 'without UIDLs' = 'with UIDLs'): SessionScript {
    const script = SessionScript.connected();
    script.lines('USER bob', 'PASS secret');
    script.logIn(uidls);
    return script;
  }

  event(event: SessionEvent): string[] {
    return this.session.handle(event).map(describe);
  }

  logIn(uidls: 'with UIDLs' | 'without UIDLs' = 'with UIDLs'): string[] {
    const scan = [11, 12, 13].map((number) => ({ number, octets: (number - 10) * 100 }));
    const names = scan.map(({ number }) => ({ number, uidl: `uid${number}` }));
    const hasUidl = uidls === 'with UIDLs';
    return this.event({
      kind: 'loggedIn',
      maildrop: new Maildrop(scan, hasUidl ? names : undefined),
      capabilities: { ...unknownCapabilities, hasUidl, expire: '0' },
    });
  }

  refuseLogin(): string[] {
    return this.event({ kind: 'loginRefused', text: 'wrong password', responseCode: 'AUTH' });
  }

  secure(): string[] {
    return this.event({ kind: 'tlsEstablished', admission: admitted });
  }

  line(text: string): string[] {
    return this.event({ kind: 'lineReceived', line: Buffer.from(text, 'latin1') });
  }

  /** What all the lines lead to, in order. */
  lines(...texts: readonly string[]): string[] {
    return texts.flatMap((text) => this.line(text));
  }
}
