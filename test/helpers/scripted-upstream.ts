// Owns a mail server that follows a script to the octet and notices when its peer does not. It
// shares no code with the product, so that both cannot err alike.
//
//   await using upstream = await startScriptedUpstream([
//     send('+OK hello\r\n'), expect('CAPA'), send('-ERR\r\n', { inChunksOf: 1 }), expectEnd(),
//   ]);
//   ... connect to upstream.port ...
//   await upstream.done();
import { type AddressInfo, createServer } from 'node:net';
import { ScriptedConnection, type SecureOptions } from './scripted-connection.ts';
import type { Certificate } from './test-certificates.ts';

export interface Step {
  readonly name: string;
  run(connection: ScriptedConnection): Promise<void> | void;
}

export type Script = readonly Step[];

/** The same script for every connection, or one that is chosen by its number, from 0. */
export type Scripts = Script | ((connectionIndex: number) => Script);

export function send(octets: string | Buffer, how: { readonly inChunksOf?: number } = {}): Step {
  const name = `send ${JSON.stringify(octets.toString('latin1').slice(0, 40))}`;
  return { name, run: (connection) => connection.send(octets, how.inChunksOf) };
}

/** The next line of the peer; any other line fails the script. */
export function expect(line: string | RegExp): Step {
  return { name: `expect ${line}`, run: (connection) => connection.expect(line) };
}

/** The peer leaves without having sent anything more: no QUIT, no password. */
export function expectEnd(): Step {
  return { name: 'expectEnd', run: (connection) => connection.expectEnd() };
}

/** Says nothing until the peer gives up. */
export const silence = expectEnd;

/** A TLS handshake: first in the script for implicit TLS, after the +OK to STLS else. */
export function secure(certificate: Certificate, options?: SecureOptions): Step {
  return { name: 'secure', run: (connection) => connection.secure(certificate, options) };
}

/** A TLS handshake that the peer has to turn down. */
export function secureInVain(certificate: Certificate, options?: SecureOptions): Step {
  return {
    name: 'secureInVain',
    run: (connection) => connection.secureInVain(certificate, options),
  };
}

export function close(): Step {
  return { name: 'close', run: (connection) => connection.end() };
}

export function reset(): Step {
  return { name: 'reset', run: (connection) => connection.reset() };
}

/** Goes on when the test says so. */
export function until(moment: Promise<unknown>): Step {
  return { name: 'until', run: () => moment.then(() => {}) };
}

/** Anything else, with the connection at hand. */
export function perform(name: string, run: Step['run']): Step {
  return { name, run };
}

export interface ScriptedUpstream extends AsyncDisposable {
  readonly port: number;
  /** In the order in which they came. */
  readonly connections: readonly ScriptedConnection[];
  /** Resolves when every connection has played its script to the end; rejects when one did not. */
  done(): Promise<void>;
}

export interface ScriptedUpstreamOptions {
  /** For each single wait. */
  readonly limitMs?: number;
}

export async function startScriptedUpstream(
  scripts: Scripts,
  { limitMs = 20_000 }: ScriptedUpstreamOptions = {},
): Promise<ScriptedUpstream> {
  const connections: ScriptedConnection[] = [];
  const plays: Promise<void>[] = [];
  const server = createServer((socket) => {
    const connection = new ScriptedConnection(socket, limitMs);
    const script = typeof scripts === 'function' ? scripts(connections.length) : scripts;
    connections.push(connection);
    const playing = play(script, connection);
    // Reported by done(); until then a failed script is no unhandled rejection.
    playing.catch(() => connection.destroy());
    plays.push(playing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    async done() {
      if (plays.length === 0) throw new Error('nobody has connected');
      await Promise.all(plays);
    },
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function play(script: Script, connection: ScriptedConnection): Promise<void> {
  for (const [index, step] of script.entries()) {
    try {
      await step.run(connection);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const received = JSON.stringify(connection.received);
      throw new Error(`step ${index + 1} (${step.name}): ${reason}; received ${received}`, {
        cause,
      });
    }
  }
}
