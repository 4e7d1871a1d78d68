// Owns whether the pages of metrics, for mail programs and for readers can have their ports, or have them.
import { get as getByHttp } from 'node:http';
import { get as getByHttps } from 'node:https';
import { isAnyAddress } from '../../admin/client-settings.ts';
import type { Config } from '../../config/schema.ts';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { tryToListen } from './listen-trial.ts';

interface Page {
  readonly subject: string;
  readonly address: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  readonly path: string;
  /** Stands in what a running Postern answers. */
  readonly sign: RegExp;
}

const limitMs = 3000;
const maxTextLength = 64 * 1024;

export function pageChecks({ metrics, autoconfig, training }: Config): Check[] {
  const pages: Page[] = [];
  if (metrics !== undefined) {
    pages.push({
      ...metrics,
      subject: 'page of metrics',
      scheme: 'http',
      path: '/health',
      sign: /^(?:ok|draining)\n$/,
    });
  }
  if (autoconfig !== undefined) {
    const domain = autoconfig.domains[0]?.names[0] ?? '';
    pages.push({
      ...autoconfig,
      subject: 'pages for mail programs',
      scheme: autoconfig.certificateOf === undefined ? 'http' : 'https',
      path: `/mail/config-v1.1.xml?emailaddress=postmaster@${domain}`,
      sign: /<clientConfig /,
    });
  }
  if (training.links !== undefined) {
    pages.push({
      ...training.links,
      subject: 'page behind links of training',
      scheme: training.links.certificateOf === undefined ? 'http' : 'https',
      path: '/no-link',
      sign: /<title>This link does not work<\/title>/,
    });
  }
  return pages.map((page) => ({
    subject: page.subject,
    async *run(signal) {
      yield await diagnose(page, signal);
    },
  }));
}

async function diagnose(page: Page, signal: AbortSignal): Promise<Diagnosis> {
  const { address, port, sign } = page;
  const place = `${address} port ${port}`;
  const trial = await tryToListen(address, port);
  if (trial.kind === 'told') return trial.diagnosis;
  const text = await textOf(page, signal).catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === 'string' && sign.test(text)) {
    return ok(`${place} is held by a running Postern`);
  }
  if (trial.kind === 'privileged') {
    return text instanceof Error && text.code === 'ECONNREFUSED'
      ? ok(`${place} is free; the service needs CAP_NET_BIND_SERVICE for ports below 1024`)
      : warn(`${place} is in use, and does not answer like Postern`, 'See: ss -ltnp.');
  }
  return fail(
    `${place} is held by another program, or by a Postern with another configuration`,
    'See who holds it: ss -ltnp.',
  );
}

function textOf({ address, port, scheme, path }: Page, signal: AbortSignal): Promise<string> {
  const host = isAnyAddress(address) ? (address === '0.0.0.0' ? '127.0.0.1' : '::1') : address;
  const options = { host, port, path, signal, timeout: limitMs, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const request = (scheme === 'https' ? getByHttps : getByHttp)(options, (response) => {
      let text = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > maxTextLength) response.destroy();
      });
      response.once('close', () => resolve(text));
    });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', reject);
  });
}
