// Owns one session of the mail source: the least that is a POP3 server, with ready-made octets. It
// believes every password. Replies to commands that came together leave together.
import type { Socket } from 'node:net';
import { findMailbox, type Mailbox, messageHead, piecesOf } from './mailbox.ts';

/** What Dovecot 2.3 offers after a login. */
const capabilities =
  '+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\nUSER\r\nSASL PLAIN\r\n.\r\n';

/** Long replies are the same at every login. */
const listings = new Map<string, string>();
const maxListings = 64;

const nobody: Mailbox = { user: '', count: 0, wantedOctets: 0, octets: 0 };

export class SourceSession {
  readonly #socket: Socket;
  #user = '';
  #mailbox: Mailbox | undefined;
  #state: 'command' | 'saslResponse' = 'command';
  #rest = '';
  #lines: string[] = [];
  #isSending = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk.toString('latin1')));
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
    socket.write('+OK ready\r\n');
  }

  #receive(text: string): void {
    const lines = (this.#rest + text).split('\r\n');
    this.#rest = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.#answerAll();
  }

  #answerAll(): void {
    if (this.#isSending) return;
    this.#socket.cork();
    for (;;) {
      const line = this.#lines.shift();
      if (line === undefined) break;
      if (this.#answer(line) === 'sending') break;
    }
    this.#socket.uncork();
  }

  /** `sending`: the answer is so long that it waits for the other side to read. */
  #answer(line: string): 'answered' | 'sending' {
    if (this.#state === 'saslResponse') return this.#saslResponse(line);
    const [verb = '', argument = '', ...more] = line.split(' ');
    switch (verb.toUpperCase()) {
      case 'CAPA':
        return this.#write(capabilities);
      case 'USER':
        this.#user = argument;
        return this.#write('+OK\r\n');
      case 'PASS':
        return this.#login(this.#user);
      case 'AUTH':
        return this.#auth(more[0]);
      case 'STAT': {
        const { count, octets } = this.#open();
        return this.#write(`+OK ${count} ${count * octets}\r\n`);
      }
      case 'LIST':
        return this.#write(argument === '' ? this.#listing() : this.#listed(argument));
      case 'UIDL':
        return this.#write(argument === '' ? this.#names() : this.#named(argument));
      case 'RETR':
        return this.#send(Number(argument));
      case 'TOP':
        return this.#write(`+OK\r\n${messageHead(this.#open(), Number(argument))}\r\n.\r\n`);
      case 'NOOP':
      case 'DELE':
      case 'RSET':
        return this.#write('+OK\r\n');
      case 'QUIT':
        this.#socket.end('+OK\r\n');
        return 'answered';
      default:
        return this.#write('-ERR unknown command\r\n');
    }
  }

  #open(): Mailbox {
    return this.#mailbox ?? nobody;
  }

  #write(text: string): 'answered' {
    this.#socket.write(text, 'latin1');
    return 'answered';
  }

  #auth(initialResponse: string | undefined): 'answered' {
    if (initialResponse !== undefined) return this.#saslResponse(initialResponse);
    this.#state = 'saslResponse';
    return this.#write('+ \r\n');
  }

  #saslResponse(response: string): 'answered' {
    this.#state = 'command';
    // RFC 4616: authorization identity, authentication identity, password.
    const [, user = ''] = Buffer.from(response, 'base64').toString('latin1').split('\0');
    return this.#login(user);
  }

  #login(user: string): 'answered' {
    this.#mailbox = findMailbox(user);
    return this.#write(
      this.#mailbox === undefined ? '-ERR [AUTH] unknown user\r\n' : '+OK logged in\r\n',
    );
  }

  #listing(): string {
    const { count, octets } = this.#open();
    return remember(`LIST ${count} ${octets}`, () => {
      const lines = Array.from({ length: count }, (_, index) => `${index + 1} ${octets}\r\n`);
      return `+OK\r\n${lines.join('')}.\r\n`;
    });
  }

  #listed(number: string): string {
    return `+OK ${number} ${this.#open().octets}\r\n`;
  }

  #names(): string {
    const { user, count } = this.#open();
    return remember(`UIDL ${user}`, () => {
      const lines = Array.from(
        { length: count },
        (_, index) => `${index + 1} ${index}.${user}\r\n`,
      );
      return `+OK\r\n${lines.join('')}.\r\n`;
    });
  }

  #named(number: string): string {
    return `+OK ${number} ${Number(number) - 1}.${this.#open().user}\r\n`;
  }

  #send(number: number): 'answered' | 'sending' {
    const mailbox = this.#open();
    this.#write(`+OK ${mailbox.octets} octets\r\n`);
    const pieces = [...piecesOf(mailbox, number), Buffer.from('.\r\n')];
    while (pieces.length > 0) {
      const piece = pieces.shift();
      if (piece !== undefined && this.#socket.write(piece)) continue;
      // Corked octets count as unwritten: a short message ends here all the same.
      if (pieces.length > 1) return this.#sendLater(pieces);
    }
    return 'answered';
  }

  #sendLater(pieces: Buffer[]): 'sending' {
    this.#isSending = true;
    const onDrain = (): void => {
      for (;;) {
        const piece = pieces.shift();
        if (piece === undefined) break;
        if (!this.#socket.write(piece)) return;
      }
      this.#socket.off('drain', onDrain);
      this.#isSending = false;
      this.#answerAll();
    };
    this.#socket.on('drain', onDrain);
    return 'sending';
  }
}

function remember(key: string, make: () => string): string {
  const known = listings.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (listings.size >= maxListings) listings.clear();
  listings.set(key, made);
  return made;
}
