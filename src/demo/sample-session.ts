// Owns what the embedded POP3 server answers (RFC 1939, 2449, 2595, 5034), one line at a time. It
// never touches a socket.
import { stuffed } from './dot-stuffing.ts';

export interface StoredMessage {
  readonly uidl: string;
  /** As stored: CRLF line ends, not dot-stuffed. */
  readonly content: Buffer;
}

export interface SampleAccount {
  readonly user: string;
  readonly password: string;
}

/** What happens on the wire after a line. */
export type SampleReply =
  | { readonly kind: 'send'; readonly pieces: Iterable<Buffer> }
  /** Sends the line, then TLS begins. */
  | { readonly kind: 'startTls'; readonly pieces: Iterable<Buffer> }
  /** Sends the line, then closes. `deleted` lists the UIDLs removed in the UPDATE state. */
  | { readonly kind: 'close'; readonly pieces: Iterable<Buffer>; readonly deleted: Set<string> };

type State =
  | { readonly kind: 'authorization'; readonly user: string | undefined }
  | { readonly kind: 'saslPlain' }
  | { readonly kind: 'transaction' };

interface Numbered {
  readonly number: number;
  readonly message: StoredMessage;
}

export interface SampleSessionOptions {
  readonly account: SampleAccount;
  readonly messages: readonly StoredMessage[];
  /** Whether STLS is offered; false once TLS stands. */
  readonly offersStls: boolean;
}

/** One session of one client. */
export class SampleSession {
  readonly #options: SampleSessionOptions;
  readonly #marked = new Set<string>();
  #state: State = { kind: 'authorization', user: undefined };

  constructor(options: SampleSessionOptions) {
    this.#options = options;
  }

  /** Answers one line, given without its line end. */
  answer(line: string): SampleReply {
    if (this.#state.kind === 'saslPlain') return this.#finishSasl(line);
    const [word = '', ...args] = line.split(' ');
    const verb = word.toUpperCase();
    if (verb === 'QUIT') return this.#quit();
    if (verb === 'CAPA') return multi('capabilities follow', textLines(this.#capabilities()));
    // RFC 1939 s.7: the password is the rest of the line, blanks included.
    if (this.#state.kind === 'authorization') {
      return this.#authorize(this.#state, verb, line.slice(word.length + 1));
    }
    return this.#transact(verb, args);
  }

  #capabilities(): string[] {
    const stls = this.#options.offersStls && this.#state.kind !== 'transaction' ? ['STLS'] : [];
    return ['TOP', 'UIDL', 'USER', 'SASL PLAIN', 'PIPELINING', 'RESP-CODES', ...stls];
  }

  #authorize(state: State & { kind: 'authorization' }, verb: string, rest: string): SampleReply {
    switch (verb) {
      case 'STLS':
        if (!this.#options.offersStls) return failure('no STLS here');
        return { kind: 'startTls', pieces: [Buffer.from('+OK begin TLS\r\n')] };
      case 'USER':
        if (rest === '') return failure('USER needs a name');
        this.#state = { kind: 'authorization', user: rest };
        return success('send PASS');
      case 'PASS':
        if (state.user === undefined) return failure('USER first');
        return this.#login(state.user, rest);
      case 'AUTH':
        return this.#startSasl(rest);
      default:
        return failure('log in first');
    }
  }

  #startSasl(rest: string): SampleReply {
    const [mechanism = '', initial] = rest.split(' ');
    if (mechanism.toUpperCase() !== 'PLAIN') return failure('only PLAIN is known');
    this.#state = { kind: 'saslPlain' };
    // RFC 5034 s.4: an empty challenge is a plus and one blank.
    return initial === undefined ? send(Buffer.from('+ \r\n')) : this.#finishSasl(initial);
  }

  #finishSasl(response: string): SampleReply {
    this.#state = { kind: 'authorization', user: undefined };
    if (response === '*') return failure('cancelled');
    // RFC 4616: [authzid] NUL authcid NUL passwd.
    const [, user = '', password = ''] = Buffer.from(response, 'base64').toString().split('\0');
    return this.#login(user, password);
  }

  #login(user: string, password: string): SampleReply {
    const { account } = this.#options;
    if (user === account.user && password === account.password) {
      this.#state = { kind: 'transaction' };
      return success('maildrop ready');
    }
    this.#state = { kind: 'authorization', user: undefined };
    return failure('[AUTH] wrong user or password');
  }

  #transact(verb: string, args: readonly string[]): SampleReply {
    switch (verb) {
      case 'STAT': {
        const left = this.#left();
        const octets = left.reduce((sum, { message }) => sum + message.content.length, 0);
        return success(`${left.length} ${octets}`);
      }
      case 'LIST':
        return this.#listing(args, ({ content }) => String(content.length));
      case 'UIDL':
        return this.#listing(args, ({ uidl }) => uidl);
      case 'RETR':
        return this.#withMessage(args, ({ message }) =>
          multi(`${message.content.length} octets`, stuffed(message.content)),
        );
      case 'TOP':
        return this.#withMessage(args, ({ message }) => top(message.content, args[1]));
      case 'DELE':
        return this.#withMessage(args, ({ message }) => {
          this.#marked.add(message.uidl);
          return success('marked');
        });
      case 'RSET':
        this.#marked.clear();
        return success('nothing is marked');
      case 'NOOP':
        return success('');
      default:
        return failure('unknown command');
    }
  }

  #quit(): SampleReply {
    // RFC 1939 s.6: only a QUIT after login enters the UPDATE state.
    const deleted = this.#state.kind === 'transaction' ? this.#marked : new Set<string>();
    return { kind: 'close', pieces: [Buffer.from('+OK bye\r\n')], deleted };
  }

  #left(): Numbered[] {
    return this.#options.messages
      .map((message, index) => ({ number: index + 1, message }))
      .filter(({ message }) => !this.#marked.has(message.uidl));
  }

  #listing(args: readonly string[], show: (message: StoredMessage) => string): SampleReply {
    if (args.length > 0) {
      return this.#withMessage(args, ({ number, message }) =>
        success(`${number} ${show(message)}`),
      );
    }
    const entries = this.#left().map(({ number, message }) => `${number} ${show(message)}`);
    return multi(`${entries.length} messages`, textLines(entries));
  }

  #withMessage(args: readonly string[], act: (found: Numbered) => SampleReply): SampleReply {
    const found = this.#left().find(({ number }) => String(number) === args[0]);
    return found === undefined ? failure('no such message') : act(found);
  }
}

/** RFC 1939 s.7: the header, the blank line and that many lines of the body. */
function top(content: Buffer, count: string | undefined): SampleReply {
  if (count === undefined || !/^\d+$/.test(count)) return failure('TOP needs a number of lines');
  const headerEnd = content.indexOf('\r\n\r\n');
  let end = headerEnd === -1 ? content.length : headerEnd + 4;
  for (let line = 0; line < Number(count) && end < content.length; line += 1) {
    end = content.indexOf('\r\n', end) + 2;
  }
  return multi('top of the message follows', stuffed(content.subarray(0, end)));
}

function send(...pieces: readonly Buffer[]): SampleReply {
  return { kind: 'send', pieces };
}

function success(text: string): SampleReply {
  return send(Buffer.from(`${`+OK ${text}`.trimEnd()}\r\n`));
}

function failure(text: string): SampleReply {
  return send(Buffer.from(`-ERR ${text}\r\n`));
}

function multi(text: string, body: Iterable<Buffer>): SampleReply {
  return { kind: 'send', pieces: chain(Buffer.from(`+OK ${text}\r\n`), body) };
}

function* chain(first: Buffer, rest: Iterable<Buffer>): Generator<Buffer> {
  yield first;
  yield* rest;
}

function* textLines(texts: readonly string[]): Generator<Buffer> {
  yield Buffer.from([...texts, '.', ''].join('\r\n'));
}
