// Owns the plugins of the fault injection: what they do is decided here, account by account, while they
// are loaded by the product from files like any other plugin.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  LoginContext,
  MessageView,
  Observation,
  TransformContext,
  Verdict,
} from '../../../src/plugin-api/index.ts';

export type PluginFault =
  | 'inspect throws'
  | 'inspect hangs'
  | 'inspect says nonsense'
  | 'transform throws'
  | 'transform throws afterwards'
  | 'transform hangs'
  | 'transform forgets next'
  | 'transform does not await next'
  | 'transform calls next twice'
  | 'observe throws'
  | 'login throws'
  /** So late that the client has been sent the first lines, then well or not at all. */
  | 'verdict is late'
  | 'verdict is late and fails';

/** How often each of them strikes. */
export type PluginFaults = Readonly<Partial<Record<PluginFault, number>>>;

interface Armed {
  readonly left: Map<string, number>;
  onFired(fault: PluginFault): void;
}

/** Later than a client is kept waiting for a first line. */
const lateMs = 16_000;

export class FaultyPlugins implements Disposable {
  readonly #armed = new Map<string, Armed>();
  readonly #key = `postern-faulty-plugins-${randomUUID()}`;

  constructor() {
    Reflect.set(globalThis, this.#key, this);
  }

  [Symbol.dispose](): void {
    Reflect.deleteProperty(globalThis, this.#key);
  }

  /** For the next messages of this account; what was armed before is no longer. */
  arm(user: string, faults: PluginFaults, onFired: (fault: PluginFault) => void): void {
    this.#armed.set(user, { left: new Map(Object.entries(faults)), onFired });
  }

  /** Plugin files by name; they lead back here. */
  get files(): Record<string, string> {
    const source = (name: string, members: readonly string[]): string => {
      const points = members.map(
        (member) =>
          `${member}: (...given) => globalThis['${this.#key}'].${name}.${member}(...given)`,
      );
      return `export default { name: '${name}', setup: () => ({ ${points.join(', ')} }) };\n`;
    };
    return {
      'faulty.mjs': source('faulty', ['inspect', 'transform', 'observe', 'login']),
      'late.mjs': source('late', ['inspect']),
    };
  }

  readonly late = {
    inspect: async (message: MessageView): Promise<Verdict> => {
      const { user } = message.account;
      const isLate = this.#fires(user, 'verdict is late');
      const fails = this.#fires(user, 'verdict is late and fails');
      if (isLate || fails) await pause(lateMs, undefined, { signal: message.signal });
      if (fails) throw new Error('too late');
      return { kind: 'pass' };
    },
  };

  readonly faulty = {
    inspect: async (message: MessageView): Promise<Verdict> => {
      const { user } = message.account;
      if (this.#fires(user, 'inspect throws')) throw new Error('inspect');
      if (this.#fires(user, 'inspect hangs')) return new Promise<never>(() => {});
      if (this.#fires(user, 'inspect says nonsense')) return { kind: 'fine' } as unknown as Verdict;
      return judge((await message.headers()).get('Subject') ?? '');
    },

    transform: async (context: TransformContext, next: () => Promise<void>): Promise<void> => {
      const { user } = context.account;
      context.edit.add('X-Came-Through', 'faulty');
      if (this.#fires(user, 'transform throws')) throw new Error('transform');
      if (this.#fires(user, 'transform hangs')) return new Promise<never>(() => {});
      if (this.#fires(user, 'transform forgets next')) return;
      if (this.#fires(user, 'transform does not await next')) {
        void next();
        return;
      }
      await next();
      if (this.#fires(user, 'transform calls next twice')) await next();
      if (this.#fires(user, 'transform throws afterwards')) throw new Error('transform');
    },

    observe: async (event: Observation): Promise<void> => {
      if (event.kind !== 'messageJudged') return;
      if (this.#fires(event.message.account.user, 'observe throws')) throw new Error('observe');
    },

    login: async (context: LoginContext, next: () => Promise<void>): Promise<void> => {
      await next();
      if (this.#fires(context.user, 'login throws')) throw new Error('login');
    },
  };

  #fires(user: string, fault: PluginFault): boolean {
    const armed = this.#armed.get(user);
    const left = armed?.left.get(fault) ?? 0;
    if (armed === undefined || left === 0) return false;
    armed.left.set(fault, left - 1);
    armed.onFired(fault);
    return true;
  }
}

/** A kind of sample mail stands first in its subject. */
function judge(subject: string): Verdict {
  const kind = subject.split(' ', 1)[0] ?? '';
  switch (kind) {
    case 'unchecked':
      return { kind: 'tempfail', reason: kind };
    case 'strip':
      return { kind: 'block', finding: kind, paths: ['1.2'] };
    case 'hold':
    case 'replace':
    case 'hide':
    case 'tag':
      return { kind: 'block', finding: kind };
    default:
      return { kind: 'pass' };
  }
}

/** What the configuration says about those verdicts. */
export const judgePolicy = [
  ...['strip', 'hold', 'replace', 'hide', 'tag'].map((word) => ({
    verdict: 'block',
    findings: [word],
    action: word,
  })),
  { verdict: 'tempfail', findings: ['unchecked'], action: 'hold' },
];
