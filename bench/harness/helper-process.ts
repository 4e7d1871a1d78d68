// Owns how the processes of the bench itself are started and asked: one request, one answer, over the
// channel of fork(). They end when the bench ends, because the channel does.
import { type ChildProcess, fork } from 'node:child_process';

export interface Helper<Request, Answer> extends AsyncDisposable {
  readonly pid: number;
  /** Rejects when the process fails or ends instead of answering. */
  ask(request: Request): Promise<Answer>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Envelope {
  readonly id: number;
  readonly content: unknown;
}

type Reply = { readonly id: number } & (
  | { readonly kind: 'answer'; readonly content: unknown }
  | { readonly kind: 'failure'; readonly text: string }
);

interface Waiting {
  readonly resolve: (content: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a file that calls `serveRequests`. */
export function startHelper<Request, Answer>(file: URL): Helper<Request, Answer> {
  const child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file.pathname} did not start`);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  child.on('message', (reply: Reply) => {
    const { resolve, reject } = waiting.get(reply.id) ?? {};
    waiting.delete(reply.id);
    if (reply.kind === 'answer') resolve?.(reply.content);
    else reject?.(new Error(reply.text));
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${file.pathname} has ended`));
    waiting.clear();
  });
  return {
    pid,
    ask: (content) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve: (answer) => resolve(answer as Answer), reject });
        const envelope: Envelope = { id, content };
        child.send(envelope, (error) => {
          if (error !== null) reject(error);
        });
      }),
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** In the helper: answers what the bench asks until the bench is gone. */
export function serveRequests<Request, Answer>(
  answer: (request: Request) => Promise<Answer>,
): void {
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole group; the bench ends its helpers itself.
  process.on('SIGINT', () => {});
  process.on('message', ({ id, content }: Envelope) => {
    const send = (reply: Reply): void => void process.send?.(reply);
    answer(content as Request).then(
      (found) => send({ id, kind: 'answer', content: found }),
      (error: unknown) => send({ id, kind: 'failure', text: String(error) }),
    );
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
