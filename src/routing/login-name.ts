// Owns how a login name is read: who the user is, and which server the name asks for. Octets stay as they
// are: what is no delimiter, host or port is nobody's business here. Pure.
import type { LoginNameConfig, RewriteStep } from '../config/login-name-schema.ts';
import { type NamedServer, parseServer } from '../config/named-server.ts';

/** A server that stands in a login name. */
export interface AskedServer extends NamedServer {
  /** `ssl` behind the user. */
  readonly tls: 'implicit' | undefined;
}

export interface LoginName {
  readonly user: Buffer;
  /** Undefined where the name has another form. */
  readonly asked: AskedServer | undefined;
}

type Form = Pick<LoginNameConfig, 'form' | 'delimiter'>;

export function readLoginName(name: Buffer, { form, delimiter }: Form): LoginName {
  // One character for each octet, in both directions.
  const text = name.toString('latin1');
  const read =
    form === 'user-host'
      ? readUserHost(text, delimiter)
      : form === 'host-user'
        ? readHostUser(text, delimiter)
        : undefined;
  if (read === undefined || read.user === '') return { user: name, asked: undefined };
  return { user: Buffer.from(read.user, 'latin1'), asked: read.asked };
}

interface ReadName {
  readonly user: string;
  readonly asked: AskedServer;
}

/** `user#host:port`, as p3scan has it; perdition takes any delimiter. The last one counts. */
function readUserHost(text: string, delimiter: string): ReadName | undefined {
  const index = text.lastIndexOf(delimiter);
  if (index === -1) return undefined;
  const server = parseServer(text.slice(index + delimiter.length));
  return server && { user: text.slice(0, index), asked: { ...server, tls: undefined } };
}

/** `host:user`, `host:port:user`, either with `:ssl` behind, as POPFile has it. */
function readHostUser(text: string, delimiter: string): ReadName | undefined {
  const bracket = text.startsWith('[') ? text.indexOf(']') : 0;
  const first = text.indexOf(delimiter, Math.max(bracket, 0));
  if (first === -1) return undefined;
  const [head, ...words] = [
    text.slice(0, first),
    ...text.slice(first + delimiter.length).split(delimiter),
  ];
  const hasPort = words.length > 1 && /^\d{1,5}$/.test(words[0] ?? '');
  const port = hasPort ? words.shift() : undefined;
  const hasOption = words.length > 1 && /^ssl$/i.test(words.at(-1) ?? '');
  if (hasOption) words.pop();
  const server = parseServer(port === undefined ? head : `${head}:${port}`);
  const tls = hasOption ? 'implicit' : undefined;
  return server && { user: words.join(delimiter), asked: { ...server, tls } };
}

/** What the server is told. */
export function rewriteUser(user: Buffer, steps: readonly RewriteStep[]): Buffer {
  if (steps.length === 0) return user;
  const rewritten = steps.reduce(rewrite, user.toString('latin1'));
  return rewritten === '' ? user : Buffer.from(rewritten, 'latin1');
}

function rewrite(user: string, step: RewriteStep): string {
  const at = user.lastIndexOf('@');
  switch (step.kind) {
    case 'lower case':
      if (step.part === 'all') return inSmallLetters(user);
      return at === -1 ? user : user.slice(0, at) + inSmallLetters(user.slice(at));
    case 'strip domain': {
      if (at <= 0) return user;
      const domain = inSmallLetters(user.slice(at + 1));
      return step.domain === '*' || domain === step.domain.toLowerCase() ? user.slice(0, at) : user;
    }
    case 'append domain':
      return at === -1 ? `${user}@${step.domain}` : user;
    case 'replace':
      return step.pattern.replaceIn(user, step.by);
  }
}

/** Of ASCII alone: the other octets may be of any character set. */
function inSmallLetters(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
