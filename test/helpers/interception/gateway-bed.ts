// Owns a small Internet: a client, a gateway, and two providers with a real Dovecot each, all in networks
// of their own. Postern runs on the gateway, as its administrator would start it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mainFile } from '../../cli/postern.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../dovecot.ts';
import { layCable, makeNamespace, type Namespace, namespacesMissing } from '../namespaces.ts';
import { type Child, eventually, start, temporaryFolder } from '../process.ts';
import { makeTestCertificates } from '../test-certificates.ts';
import { account, type Seen, type Visit } from './visits.ts';

export interface Provider {
  readonly name: string;
  /** As it is set in mail programs. */
  readonly host: string;
  readonly addresses: { readonly ipv4: string; readonly ipv6: string };
}

/** RFC 5737 and RFC 3849: nobody has these. */
export const providers = [
  { name: 'a', host: 'pop.a.example', addresses: { ipv4: '198.51.100.2', ipv6: '2001:db8:a::2' } },
  { name: 'b', host: 'pop.b.example', addresses: { ipv4: '203.0.113.2', ipv6: '2001:db8:b::2' } },
] as const satisfies readonly Provider[];

export const gatewayAddresses = { ipv4: '192.0.2.1', ipv6: '2001:db8:c::1' } as const;

/** What an intercepted session may be led to here. */
export const providerNetworks = [
  '198.51.100.0/24',
  '203.0.113.0/24',
  '2001:db8:a::/64',
  '2001:db8:b::/64',
];

const visitsFile = fileURLToPath(new URL('visits.ts', import.meta.url));
const launcherFile = fileURLToPath(new URL('../../../config/postern-sockets', import.meta.url));

/** Why there can be none; undefined when there can. */
export function gatewayMissing(): string | undefined {
  return (
    dovecotMissing() ??
    namespacesMissing('nft', 'iptables-restore', 'perl', 'ss', 'sysctl') ??
    koffiMissing()
  );
}

function koffiMissing(): string | undefined {
  try {
    import.meta.resolve('koffi');
    return undefined;
  } catch {
    return 'the npm package koffi is not installed';
  }
}

export interface Serving extends AsyncDisposable {
  /** Lines of the log. */
  readonly lines: () => readonly Readonly<Record<string, unknown>>[];
}

export class GatewayBed implements AsyncDisposable {
  readonly client: Namespace;
  readonly gateway: Namespace;
  /** Of the authority that has signed everything here. */
  readonly caPem: string;
  readonly folder: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    stack: AsyncDisposableStack,
    parts: Pick<GatewayBed, 'client' | 'gateway' | 'caPem' | 'folder'>,
  ) {
    this.#stack = stack;
    this.client = parts.client;
    this.gateway = parts.gateway;
    this.caPem = parts.caPem;
    this.folder = parts.folder;
  }

  static async make(): Promise<GatewayBed> {
    const stack = new AsyncDisposableStack();
    try {
      const folder = stack.use(await temporaryFolder('gateway')).path;
      const certificates = makeTestCertificates();
      const client = stack.use(await makeNamespace());
      const gateway = stack.use(await makeNamespace());
      for (const key of ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding']) {
        await gateway.run('sysctl', '-q', '-w', `${key}=1`);
      }
      await layCable(
        { namespace: gateway, interface: 'lan0', addresses: ['192.0.2.1/24', '2001:db8:c::1/64'] },
        { namespace: client, interface: 'eth0', addresses: ['192.0.2.2/24', '2001:db8:c::2/64'] },
      );
      await routeBy(client, gatewayAddresses);
      for (const provider of providers) {
        const { addresses } = provider;
        const host = stack.use(await makeNamespace());
        const near = {
          ipv4: `${addresses.ipv4.slice(0, -1)}1`,
          ipv6: `${addresses.ipv6.slice(0, -1)}1`,
        };
        await layCable(
          {
            namespace: gateway,
            interface: `wan${provider.name}`,
            addresses: [`${near.ipv4}/24`, `${near.ipv6}/64`],
          },
          {
            namespace: host,
            interface: 'eth0',
            addresses: [`${addresses.ipv4}/24`, `${addresses.ipv6}/64`],
          },
        );
        await routeBy(host, near);
        const tls = certificates.issueFor([provider.host, ...Object.values(addresses)]);
        const dovecot = stack.use(await startDovecot({ users: [account], tls, namespace: host }));
        await deliver(dovecot, provider);
      }
      const { caPem } = certificates;
      // As an administrator would have it made, for the servers that mail programs here are set to.
      const server = certificates.issueFor(providers.map(({ host }) => host));
      await writeFile(join(folder, 'ca.pem'), caPem);
      await writeFile(join(folder, 'server.crt'), server.certPem);
      await writeFile(join(folder, 'server.key'), server.keyPem, { mode: 0o600 });
      return new GatewayBed(stack, { client, gateway, caPem, folder });
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  async configure(configuration: object): Promise<string> {
    const file = join(this.folder, 'postern.yaml');
    // JSON is YAML.
    await writeFile(file, JSON.stringify(configuration));
    return file;
  }

  /** As after a start of the machine. */
  async clearFirewall(): Promise<void> {
    await this.gateway.run('nft', 'flush', 'ruleset');
  }

  /** Prints rules and loads them, as it is written in the documentation. */
  async divert(kind: string, ...options: readonly string[]): Promise<void> {
    const rules = join(this.folder, 'rules');
    const args = [...options, '--config', join(this.folder, 'postern.yaml')];
    const print = async (what: string): Promise<void> => {
      await writeFile(
        rules,
        await this.gateway.run(process.execPath, mainFile, 'rules', what, ...args),
      );
    };
    await print(kind);
    if (kind === 'nftables') await this.gateway.run('nft', '-f', rules);
    else await this.gateway.run(`${kind}-restore`, '--noflush', rules);
    await print('routing');
    await this.gateway.run('sh', rules);
  }

  /** Until it says that it is ready. `before` stands in front of it, such as another program that starts it. */
  async serve(...before: readonly string[]): Promise<Serving> {
    const child = await this.#start(before);
    let isOver = false;
    void child.exited.then(() => {
      isOver = true;
    });
    const lines = (): Readonly<Record<string, unknown>>[] =>
      child
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line));
    await eventually('the proxy is ready', () => {
      if (isOver) throw new Error(`the proxy ended: ${child.output()}`);
      return lines().some(({ msg }) => msg === 'ready') ? true : undefined;
    });
    return {
      lines,
      async [Symbol.asyncDispose]() {
        child.kill('SIGTERM');
        await child.exited;
      },
    };
  }

  /** What it says instead of serving. */
  async serveInVain(...before: readonly string[]): Promise<string> {
    const child = await this.#start(before);
    await child.exited;
    return child.output();
  }

  /** All of them at once. */
  async visit(visits: readonly Visit[], from: Namespace = this.client): Promise<Seen[]> {
    const all = visits.map((each) => ({ ca: this.caPem, ...each }));
    return JSON.parse(await from.run(process.execPath, visitsFile, JSON.stringify(all)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  #start(before: readonly string[]): Promise<Child> {
    const [program = '', ...args] = [
      ...before,
      process.execPath,
      mainFile,
      'serve',
      '--config',
      join(this.folder, 'postern.yaml'),
    ];
    const command = this.gateway.inside(program, ...args);
    return start(command.program, command.args, { cwd: this.folder });
  }
}

/** The program that opens transparent sockets, in front of another. */
export function launcher(...sockets: readonly string[]): readonly string[] {
  return [launcherFile, ...sockets, '--'];
}

async function routeBy(
  namespace: Namespace,
  gateway: { readonly ipv4: string; readonly ipv6: string },
): Promise<void> {
  await namespace.run('ip', '-4', 'route', 'add', 'default', 'via', gateway.ipv4);
  await namespace.run('ip', '-6', 'route', 'add', 'default', 'via', gateway.ipv6);
}

async function deliver(dovecot: RunningDovecot, { name }: Provider): Promise<void> {
  const message = `Subject: kept by provider ${name}\r\n\r\nHello.\r\n`;
  await dovecot.deliver(account.name, [Buffer.from(message)]);
}
