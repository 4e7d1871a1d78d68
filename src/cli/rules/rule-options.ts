// Owns what the options of `postern rules` may say. Names go into rules as they are, so each is looked at.
import { type Network, parseNetwork } from '../../base/network.ts';
import type { RuleWishes } from '../../interception/rules/rule-plan.ts';
import { CliError, exitCodes } from '../failure.ts';

export interface RuleOptions {
  readonly interface?: readonly string[];
  readonly clients?: readonly string[];
  readonly except?: readonly string[];
  readonly port?: readonly string[];
  readonly local?: string;
  readonly mark: string;
}

/** IFNAMSIZ holds 15 characters; those that a firewall would read as something else are left out. */
const interfaceName = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}$/;
const userName = /^(?:\d{1,10}|[A-Za-z_][A-Za-z0-9_.-]{0,31})$/;

export function wishesOf(options: RuleOptions): RuleWishes {
  const { interface: interfaces = [], clients = [], except = [], port = [], local, mark } = options;
  for (const name of interfaces) demand('interface', name, interfaceName.test(name));
  if (local !== undefined) demand('local', local, userName.test(local));
  return {
    interfaces,
    clients: clients.map((text) => networkOf('clients', text)),
    except: except.map((text) => networkOf('except', text)),
    ports: new Map(port.map(portsOf)),
    localExcept: local,
    mark: markOf(mark),
  };
}

function demand(option: Option, text: string, isGood: boolean): void {
  if (!isGood) throw unusable(option, text);
}

function unusable(option: Option, text: string): CliError {
  const shown = JSON.stringify(text.slice(0, 60));
  return new CliError(
    [`postern rules: --${option} ${shown}: expected ${expected[option]}`],
    exitCodes.configuration,
  );
}

const expected = {
  interface: 'the name of an interface, such as eth0',
  local: 'the name or number of a user',
  clients: 'a network such as 192.0.2.0/24 or 2001:db8::/32',
  except: 'a network such as 192.0.2.0/24 or 2001:db8::/32',
  port: 'the name of a listener and ports, such as pop3=110,1110',
  mark: 'a whole number from 1 to 2147483647, but none from 253 to 255',
} as const;

type Option = keyof typeof expected;

function networkOf(option: Option, text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw unusable(option, text);
  return network;
}

function portsOf(text: string): [string, number[]] {
  const [, name = '', list = ''] = /^([A-Za-z0-9._-]+)=(\d+(?:,\d+)*)$/.exec(text) ?? [];
  const ports = [...new Set(list.split(',').map(Number))];
  const isGood = name !== '' && ports.every((port) => port >= 1 && port <= 65_535);
  demand('port', text, isGood);
  return [name, ports];
}

/** It is a number of a routing table too, and 253 to 255 are those of the system (rtnetlink(7)). */
function markOf(text: string): number {
  const mark = Number(text);
  const isGood =
    /^\d+$/.test(text) && mark >= 1 && mark <= 0x7fff_ffff && !(mark >= 253 && mark <= 255);
  demand('mark', text, isGood);
  return mark;
}
