// Owns what is known of large mail providers: where their POP3 is, whose mail they have, and what is odd
// about them. Hosts and domains are as the ISPDB of Thunderbird has them. All speak TLS at once, on port 995.

import type { LoginPreference } from './login-methods.ts';

export interface Provider {
  readonly name: string;
  readonly host: string;
  /** Of their own; those of customers are known to nobody but them. */
  readonly domains: readonly string[];
  /** What they log in with: an app password is made in the settings of the account. */
  readonly login: 'password' | 'app password' | 'token';
  /** Take a message that was retrieved as collected, whatever they announce. */
  readonly retrieved: 'stays' | 'collected';
}

const usual = { login: 'password', retrieved: 'stays' } as const;

const yahooDomains = [
  'yahoo.com yahoo.ca yahoo.de yahoo.it yahoo.fr yahoo.es yahoo.se yahoo.co.in yahoo.co.uk yahoo.co.nz',
  'yahoo.com.au yahoo.com.ar yahoo.com.br yahoo.com.mx ymail.com myyahoo.com rocketmail.com cox.net',
];
const aolDomains = [
  'aol.com aim.com netscape.net compuserve.com cs.com wmconnect.com aol.de aol.it aol.fr aol.es aol.se',
  'aol.co.uk verizon.net',
];
const microsoftDomains = [
  'outlook.com hotmail.com live.com msn.com windowslive.com outlook.de outlook.fr outlook.it outlook.es',
  'outlook.at outlook.be hotmail.de hotmail.fr hotmail.it hotmail.es hotmail.nl hotmail.co.uk live.de live.fr',
  'live.it live.nl live.co.uk onmicrosoft.com',
];

export const providers = [
  {
    name: 'gmail',
    host: 'pop.gmail.com',
    domains: ['gmail.com', 'googlemail.com'],
    login: 'app password',
    retrieved: 'collected',
  },
  {
    name: 'microsoft',
    host: 'outlook.office365.com',
    domains: words(microsoftDomains),
    login: 'token',
    retrieved: 'stays',
  },
  {
    ...usual,
    name: 'yahoo',
    host: 'pop.mail.yahoo.com',
    domains: words(yahooDomains),
    login: 'app password',
  },
  { ...usual, name: 'aol', host: 'pop.aol.com', domains: words(aolDomains), login: 'app password' },
  {
    ...usual,
    name: 'att',
    host: 'inbound.att.net',
    domains: words([
      'att.net ameritech.net bellsouth.net currently.com pacbell.net sbcglobal.net swbell.net',
    ]),
    login: 'app password',
  },
  {
    ...usual,
    name: 'gmx',
    host: 'pop.gmx.net',
    domains: words(['gmx.net gmx.de gmx.at gmx.ch gmx.eu gmx.biz gmx.org gmx.info']),
  },
  { ...usual, name: 'web.de', host: 'pop3.web.de', domains: ['web.de'] },
  {
    ...usual,
    name: 't-online',
    host: 'securepop.t-online.de',
    domains: ['t-online.de', 'magenta.de'],
  },
  {
    ...usual,
    name: 'posteo',
    host: 'posteo.de',
    domains: words(['posteo.de posteo.net posteo.org posteo.eu']),
  },
  { ...usual, name: 'strato', host: 'pop3.strato.de', domains: ['strato.de', 'rzone.de'] },
  { ...usual, name: 'bluewin', host: 'pop3s.bluewin.ch', domains: ['bluewin.ch', 'bluemail.ch'] },
  { ...usual, name: 'orange', host: 'pop.orange.fr', domains: ['orange.fr', 'wanadoo.fr'] },
  { ...usual, name: 'free', host: 'pop.free.fr', domains: ['free.fr'] },
  {
    ...usual,
    name: 'sfr',
    host: 'pop.sfr.fr',
    domains: words(['sfr.fr neuf.fr club-internet.fr']),
  },
  { ...usual, name: 'laposte', host: 'pop.laposte.net', domains: ['laposte.net'] },
  {
    ...usual,
    name: 'libero',
    host: 'popmail.libero.it',
    domains: words(['libero.it iol.it blu.it inwind.it giallo.it']),
  },
  { ...usual, name: 'tiscali', host: 'pop.tiscali.it', domains: ['tiscali.it'] },
  {
    ...usual,
    name: 'bt',
    host: 'mail.btinternet.com',
    domains: words(['btinternet.com btopenworld.com talk21.com']),
  },
  { ...usual, name: 'comcast', host: 'mail.comcast.net', domains: ['comcast.net'] },
  { ...usual, name: 'wp', host: 'pop3.wp.pl', domains: ['wp.pl'] },
  {
    ...usual,
    name: 'o2.pl',
    host: 'poczta.o2.pl',
    domains: words(['o2.pl go2.pl tlen.pl prokonto.pl']),
  },
  {
    ...usual,
    name: 'onet',
    host: 'pop3.poczta.onet.pl',
    domains: words(['onet.pl onet.eu op.pl vp.pl']),
  },
  {
    ...usual,
    name: 'seznam',
    host: 'pop3.seznam.cz',
    domains: words(['seznam.cz email.cz post.cz spoluzaci.cz']),
  },
  {
    ...usual,
    name: 'mail.ru',
    host: 'pop.mail.ru',
    domains: words(['mail.ru inbox.ru list.ru bk.ru']),
    login: 'app password',
  },
  {
    ...usual,
    name: 'yandex',
    host: 'pop.yandex.com',
    domains: words(['yandex.ru yandex.com ya.ru narod.ru']),
    login: 'app password',
  },
  { ...usual, name: 'zoho', host: 'pop.zoho.com', domains: ['zoho.com', 'zohomail.com'] },
] as const satisfies readonly Provider[];

export type ProviderName = (typeof providers)[number]['name'];

/** Any `recent:` and the like in front of a user stays where it is: only the domain counts here. */
export function findProvider(domain: string): Provider | undefined {
  return byDomain.get(domain);
}

const byDomain: ReadonlyMap<string, Provider> = new Map(
  providers.flatMap((provider: Provider) => provider.domains.map((domain) => [domain, provider])),
);

/** Who takes no password is given what takes its place, unless the route says how to log in. */
export function providerLogin(
  preference: LoginPreference,
  { login }: Pick<Provider, 'login'>,
): LoginPreference {
  return preference === 'auto' && login === 'token' ? 'xoauth2' : preference;
}

/** In small letters. */
export const collectingHosts: ReadonlySet<string> = new Set([
  ...providers.flatMap(({ host, retrieved }) => (retrieved === 'collected' ? [host] : [])),
  'pop.googlemail.com',
]);

function words(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}
