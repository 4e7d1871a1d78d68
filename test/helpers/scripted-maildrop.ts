// Owns a scripted POP3 server that serves a small maildrop as RFC 1939 says, except where a test tells
// it to misbehave. Everything it says is a table entry that can be replaced.
import { perform, type Script, type Step } from './scripted-upstream.ts';

export interface StoredMessage {
  readonly uidl: string;
  /** As it is stored, in latin1. */
  readonly content: string;
}

/** Octets to answer with, or steps in which anything may happen. */
export type Answer = string | Script;

/** By command line; `greeting` is what is said first. `CAPA` is asked before and after the login. */
export type Answers = Readonly<Record<string, Answer>>;

export const account = { user: 'kim', password: 'secret' } as const;

export const okReply = '+OK\r\n';

/** A multi-line reply. */
export function lines(status: string, ...content: readonly string[]): string {
  return listing(content, status);
}

/** The same for lines that are too many to be arguments. */
export function listing(content: readonly string[], status = '+OK'): string {
  return [status, ...content, '.', ''].join('\r\n');
}

/** A message as it goes over the wire, dots stuffed, with its status line and the terminator. */
export function wireReply(content: string): string {
  const stuffed = content.replaceAll('\r\n.', '\r\n..').replace(/^\./, '..');
  return `+OK message follows\r\n${stuffed}${stuffed.endsWith('\r\n') ? '' : '\r\n'}.\r\n`;
}

export interface Manner {
  readonly answers?: Answers;
  /** Sends everything in packets of that many octets. */
  readonly inChunksOf?: number;
}

/** One session of the server, from the greeting until the client has left. */
export function serveMaildrop(messages: readonly StoredMessage[], manner: Manner = {}): Script {
  const answers: Answers = { ...defaultAnswers(messages), ...manner.answers };
  return [
    perform('serve a maildrop', async (connection) => {
      const say = async (line: string): Promise<void> => {
        const answer = answers[line] ?? '-ERR unknown command\r\n';
        if (typeof answer === 'string') return connection.send(answer, manner.inChunksOf);
        for (const step of answer) await step.run(connection);
      };
      await say('greeting');
      for (;;) {
        const line = await connection.readLine().catch((error: unknown) => {
          if (connection.hasLeft) return undefined;
          throw error;
        });
        if (line === undefined) return;
        await say(line);
      }
    }),
  ];
}

/** Sends the same octets again and again until the client leaves. */
export function sendForever(octets: string): Step {
  return perform('send forever', async (connection) => {
    const much = octets.repeat(Math.ceil(16_384 / octets.length));
    while (!connection.hasLeft) {
      await connection.send(much);
      // Lets the end of the connection be seen.
      await new Promise(setImmediate);
    }
  });
}

function defaultAnswers(messages: readonly StoredMessage[]): Answers {
  const numbered = messages.map((message, index) => ({ ...message, number: index + 1 }));
  return {
    greeting: '+OK ready\r\n',
    CAPA: lines('+OK', 'USER', 'UIDL', 'TOP'),
    [`USER ${account.user}`]: okReply,
    [`PASS ${account.password}`]: okReply,
    LIST: lines('+OK', ...numbered.map(({ number, content }) => `${number} ${content.length}`)),
    UIDL: lines('+OK', ...numbered.map(({ number, uidl }) => `${number} ${uidl}`)),
    NOOP: okReply,
    QUIT: '+OK bye\r\n',
    ...Object.fromEntries(
      numbered.flatMap(({ number, content }) => [
        [`RETR ${number}`, wireReply(content)],
        [`DELE ${number}`, okReply],
      ]),
    ),
  };
}
