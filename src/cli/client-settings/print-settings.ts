// Owns what `postern client-settings` prints, and for which listeners.

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type ClientSettings, clientSettings } from '../../admin/client-settings.ts';
import type { Config, ListenerConfig } from '../../config/schema.ts';
import { factsOf, findHostName } from '../../tls/certificate-facts.ts';
import { CliError } from '../failure.ts';
import type { SettingsFormat } from './formats.ts';
import { appleMail, outlook, thunderbird } from './mail-programs.ts';
import { plainWords } from './plain-words.ts';
import { fetchmail, getmail, mpop } from './snippets.ts';

export interface SettingsRequest {
  readonly format: SettingsFormat;
  readonly host: string | undefined;
  /** Undefined means all. */
  readonly listener: string | undefined;
  readonly user: string | undefined;
  readonly caFile: string | undefined;
}

/** The lines to print. */
export async function printSettings(config: Config, request: SettingsRequest): Promise<string[]> {
  checkText('--user', request.user);
  checkText('--ca', request.caFile);
  const names = await certificateNames(config.listeners);
  const all = clientSettings(config, {
    given: request.host,
    certificateName: (listener) => names.get(listener),
    machine: hostname(),
  });
  const { format } = request;
  const wanted = chosen(all, request.listener);
  if (format === 'json') return [JSON.stringify(wanted, null, 2)];
  return wanted.flatMap((settings, index) => [
    ...(index === 0 ? [] : ['']),
    ...linesFor(format, settings, request),
  ]);
}

function linesFor(
  format: Exclude<SettingsFormat, 'json'>,
  settings: ClientSettings,
  request: SettingsRequest,
): readonly string[] {
  switch (format) {
    case 'text':
      return plainWords(settings);
    case 'thunderbird':
      return thunderbird(settings, request.user);
    case 'outlook':
      return outlook(settings, request.user);
    case 'apple-mail':
      return appleMail(settings, request.user);
    case 'fetchmail':
      return fetchmail(settings, request);
    case 'mpop':
      return mpop(settings, request);
    case 'getmail':
      return getmail(settings, request);
  }
}

function chosen(all: readonly ClientSettings[], name: string | undefined): ClientSettings[] {
  const found = all.filter(({ listener }) => name === undefined || listener === name);
  if (found.length > 0) return found;
  if (all.length === 0) {
    throw new CliError([
      'postern client-settings: all connections are diverted here by a firewall; mail programs keep their settings',
    ]);
  }
  const known = all.map(({ listener }) => listener).join(', ');
  throw new CliError([
    `postern client-settings: mail programs connect to no such listener; those that they can name are: ${known}`,
  ]);
}

/** It goes into files of other programs, where a quote or a line end would mean something. */
function checkText(flag: string, text: string | undefined): void {
  if (text === undefined || /^[^"'\p{Cc}]+$/u.test(text)) return;
  throw new CliError([
    `postern client-settings: expected ${flag} without quotes and control characters`,
  ]);
}

async function certificateNames(
  listeners: readonly ListenerConfig[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { name, certificates } of listeners) {
    const [certificate] = certificates;
    if (certificate === undefined) continue;
    const host = findHostName(factsOf(new X509Certificate(await readFile(certificate.certFile))));
    if (host !== undefined) names.set(name, host);
  }
  return names;
}
