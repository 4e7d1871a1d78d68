// Owns what a mail program has to be told for each listener: server, port, encryption, user name. Pure:
// it reads the configuration only, and never what a client sent.
import { isIP } from 'node:net';
import type { Config, ListenerConfig, RouteConfig } from '../config/schema.ts';

export interface ClientSettings {
  readonly listener: string;
  /** Host name or address that clients connect to. */
  readonly server: string;
  readonly port: number;
  readonly tls: ListenerConfig['tls'];
  /** Whom a mail program has to trust; undefined without TLS. */
  readonly certificate: 'configured' | 'local authority' | 'self-signed' | undefined;
  /** Mail servers behind the listener, as far as the configuration names them. */
  readonly upstreamHosts: readonly string[];
  /** In words: where the user name comes from, or how it is put together; one for each kind of route. */
  readonly userNames: readonly string[];
}

/** Where the name of the server comes from if the listener does not say it. */
export interface ServerNames {
  /** Named by whoever asks; it stands above everything. */
  readonly given: string | undefined;
  /** A name in the certificate of the listener. */
  certificateName(listener: string): string | undefined;
  /** Of this machine. */
  readonly machine: string;
}

/** One for each listener that mail programs name themselves. */
export function clientSettings(config: Config, names: ServerNames): ClientSettings[] {
  return config.listeners.filter(isEntered).map((listener) => ({
    listener: listener.name,
    server: serverOf(listener, names),
    port: listener.announce.port ?? listener.port,
    tls: listener.announce.tls ?? listener.tls,
    certificate: certificateOf(listener),
    upstreamHosts: routesOf(config, listener).flatMap(namedHost).filter(isFirst),
    userNames: routesOf(config, listener).map(userNameOf).filter(isFirst),
  }));
}

/** Mail programs whose connections are diverted to a listener keep the settings that they have. */
function isEntered({ intercept }: ListenerConfig): boolean {
  return intercept === undefined;
}

function serverOf({ name, address, announce }: ListenerConfig, names: ServerNames): string {
  const known = names.given ?? announce.host ?? names.certificateName(name);
  if (known !== undefined) return known;
  return isAnyAddress(address) ? names.machine : address;
}

function certificateOf(listener: ListenerConfig): ClientSettings['certificate'] {
  const { tls, certificates, mint, announce } = listener;
  if ((announce.tls ?? tls) === 'none') return undefined;
  // Whatever ends TLS in front has one.
  if (tls === 'none') return 'configured';
  if (certificates.length > 0) return 'configured';
  return mint === undefined ? 'self-signed' : 'local authority';
}

function routesOf({ routes }: Config, listener: ListenerConfig): readonly RouteConfig[] {
  return routes.filter((route) => route.listeners?.includes(listener.name) ?? true);
}

function namedHost({ source, upstream }: RouteConfig): string[] {
  return source.kind === 'hosts' ? [upstream.host] : [];
}

function userNameOf({ source, upstream, loginName }: RouteConfig): string {
  const { form, delimiter } = loginName;
  if (source.kind === 'hosts') return `as with ${upstream.host}`;
  if (source.kind === 'login name' && form === 'user-host') {
    return `NAME${delimiter}SERVER, such as ann${delimiter}pop.example.net`;
  }
  if (source.kind === 'login name' && form === 'host-user') {
    return `SERVER${delimiter}NAME, such as pop.example.net${delimiter}ann`;
  }
  return 'as with the mail server of the account';
}

function isFirst(value: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(value) === index;
}

export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || /^[0:]+$/.test(address);
}

/** Only programs on this machine reach it. */
export function isLoopback(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : address === '::1';
}
