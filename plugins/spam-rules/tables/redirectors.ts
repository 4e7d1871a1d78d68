// Owns addresses on well-known hosts that send on to wherever their query says, so that a link shows a good
// name and leads elsewhere. Kept by hand.

/** Hosts, which stand for every name below them, and what paths begin with. */
const redirectors: ReadonlyMap<string, readonly string[]> = new Map([
  ['google.com', ['/url', '/amp/', '/travel/clk', '/pagead/aclk', '/aclk', '/local_url']],
  ['google.de', ['/url']],
  ['google.co.uk', ['/url']],
  ['google.com.br', ['/url']],
  ['translate.google.com', ['/translate']],
  ['translate.goog', ['/']],
  ['googleadservices.com', ['/pagead/aclk']],
  [
    'doubleclick.net',
    ['/clk', '/pcs/click', '/ddm/trackclk', '/ddm/clk', '/aclk', '/searchads/link/click'],
  ],
  ['youtube.com', ['/redirect', '/attribution_link']],
  ['bing.com', ['/ck/a']],
  ['yahoo.com', ['/ylt=', '/_ylt=']],
  ['r.search.yahoo.com', ['/']],
  ['duckduckgo.com', ['/l/']],
  ['baidu.com', ['/link']],
  ['yandex.ru', ['/clck/', '/redir']],
  ['facebook.com', ['/l.php', '/flx/warn']],
  ['l.facebook.com', ['/']],
  ['instagram.com', ['/l.php']],
  ['l.instagram.com', ['/']],
  ['linkedin.com', ['/slink', '/redir/redirect', '/safety/go']],
  ['t.umblr.com', ['/redirect']],
  ['slack-redir.net', ['/link']],
  ['steamcommunity.com', ['/linkfilter']],
  ['medium.com', ['/r/']],
  ['vk.com', ['/away.php']],
  ['adobe.com', ['/redirect']],
  ['t-info.mail.adobe.com', ['/r/']],
  ['notifications.google.com', ['/g/p/']],
  ['clickserve.dartmouth.edu', ['/']],
  ['indeed.com', ['/rc/clk']],
  ['dotomi.com', ['/signal']],
  ['secure-redirect.cloud.microsoft', ['/']],
]);

export function isKnownRedirect(uri: string): boolean {
  const url = URL.parse(uri);
  if (url === null || (url.search === '' && url.pathname === '/')) return false;
  return sendsOn(url.hostname, url.pathname);
}

/** The host that a query names to go on to. */
export function targetHost(uri: string): string | undefined {
  for (const [name, value] of URL.parse(uri)?.searchParams ?? []) {
    if (!targetParameters.has(name.toLowerCase()) || !/^(?:https?:)?\/\//i.test(value)) continue;
    const host = URL.parse(value.startsWith('//') ? `http:${value}` : value)?.hostname;
    if (host?.includes('.')) return host;
  }
  return undefined;
}

/** Whether a path on that host is known to send on. */
function sendsOn(host: string, path: string): boolean {
  for (let at = 0; at !== -1; ) {
    const known = redirectors.get(host.slice(at));
    if (known?.some((beginning) => path.startsWith(beginning))) return true;
    const dot = host.indexOf('.', at);
    at = dot === -1 ? -1 : dot + 1;
  }
  return false;
}

/** Names of parameters in which hosts that nobody keeps a list of are told where to send on. */
const targetParameters: ReadonlySet<string> = new Set(
  'url u q to target dest destination redirect redirect_url redirect_uri redir goto go link out returnurl return next continue adurl ref_url'.split(
    ' ',
  ),
);
