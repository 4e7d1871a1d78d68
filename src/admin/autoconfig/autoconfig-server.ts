// Owns the pages from which mail programs configure themselves: which request is for which of them, and
// for which domain. It knows no mailbox and asks nobody.
import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../base/log.ts';
import type { ContextSource } from '../../tls/server-tls.ts';
import {
  type HttpAddress,
  type HttpAnswer,
  type RunningHttpServer,
  startHttpServer,
} from '../http-server.ts';
import { methodNotAllowed, notFound, plain } from '../plain-answers.ts';
import { bodyOf } from '../request-body.ts';
import { autodiscover } from './autodiscover.ts';
import type { DomainSettings, SettingsByDomain } from './domain-settings.ts';
import { toDomain } from './mail-address.ts';
import { thunderbirdConfig } from './thunderbird.ts';

export interface AutoconfigServices {
  /** Asked for each request: a change of the configuration is told at once. */
  settings(): SettingsByDomain;
  readonly tls: ContextSource | undefined;
  readonly log: Logger;
}

/** All mail programs of a company may ask at once, on the day it is introduced. */
const maxConnections = 256;
const maxBodyBytes = 8 * 1024;
/** A mail program asks once; what is in front may keep the answer for that long. */
const keptSeconds = 3600;

const thunderbirdPaths: readonly (string | undefined)[] = [
  '/mail/config-v1.1.xml',
  '/.well-known/autoconfig/mail/config-v1.1.xml',
];
/** Programs write it in upper and lower case as they like. */
const autodiscoverPath = '/autodiscover/autodiscover.xml';

export function startAutoconfigServer(
  address: HttpAddress,
  { settings, tls, log }: AutoconfigServices,
): Promise<RunningHttpServer> {
  const answer = (request: IncomingMessage) => answerTo(request, settings());
  const name = 'automatic configuration';
  return startHttpServer(address, { name, answer, tls, maxConnections, log });
}

async function answerTo(request: IncomingMessage, byDomain: SettingsByDomain): Promise<HttpAnswer> {
  const [path, query = ''] = request.url?.split('?', 2) ?? [];
  if (thunderbirdPaths.includes(path)) {
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed('GET, HEAD');
    const settings = findSettings(query, request.headers.host, byDomain);
    return settings === undefined ? notFound : xml(thunderbirdConfig(settings), kept);
  }
  if (path?.toLowerCase() === autodiscoverPath) {
    if (request.method !== 'POST') return methodNotAllowed('POST');
    const body = await bodyOf(request, maxBodyBytes);
    return body === undefined
      ? plain(413, 'too large')
      : xml(autodiscover(body, byDomain, new Date()));
  }
  return notFound;
}

const kept = { 'Cache-Control': `public, max-age=${keptSeconds}`, Vary: 'Host' };

function xml(text: string, fields: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status: 200, contentType: 'text/xml; charset=utf-8', text, fields };
}

/** By the domain of the address; a program that keeps the address to itself asks the host of the domain. */
function findSettings(
  query: string,
  host: string | undefined,
  byDomain: SettingsByDomain,
): DomainSettings | undefined {
  const address = new URLSearchParams(query).get('emailaddress');
  if (address !== null) return byDomain.get(domainOf(address) ?? '');
  const domain = toDomain(host?.replace(/:\d{1,5}$/, '') ?? '') ?? '';
  return byDomain.get(domain) ?? byDomain.get(domain.replace(/^autoconfig\./, ''));
}

/** Nothing else of the address counts: a plus that was not encoded has become a blank by now. */
function domainOf(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  return at === -1 ? undefined : toDomain(address.slice(at + 1));
}
