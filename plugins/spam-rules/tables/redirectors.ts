// Owns addresses on well-known hosts that send on to wherever their query says, so that a link shows a good
// name and leads elsewhere. Kept by hand.

export interface Redirector {
  /** The host itself or any name below it. */
  readonly host: string;
  /** The beginning of the path. */
  readonly path: string;
}

function at(host: string, ...paths: readonly string[]): Redirector[] {
  return paths.map((path) => ({ host, path }));
}

export const redirectors: readonly Redirector[] = [
  ...at('google.com', '/url', '/amp/', '/travel/clk', '/pagead/aclk', '/aclk', '/local_url'),
  ...at('google.de', '/url'),
  ...at('google.co.uk', '/url'),
  ...at('google.com.br', '/url'),
  ...at('translate.google.com', '/translate'),
  ...at('translate.goog', '/'),
  ...at('googleadservices.com', '/pagead/aclk'),
  ...at(
    'doubleclick.net',
    '/clk',
    '/pcs/click',
    '/ddm/trackclk',
    '/ddm/clk',
    '/aclk',
    '/searchads/link/click',
  ),
  ...at('youtube.com', '/redirect', '/attribution_link'),
  ...at('bing.com', '/ck/a'),
  ...at('yahoo.com', '/ylt=', '/_ylt='),
  ...at('r.search.yahoo.com', '/'),
  ...at('duckduckgo.com', '/l/'),
  ...at('baidu.com', '/link'),
  ...at('yandex.ru', '/clck/', '/redir'),
  ...at('facebook.com', '/l.php', '/flx/warn'),
  ...at('l.facebook.com', '/'),
  ...at('instagram.com', '/l.php'),
  ...at('l.instagram.com', '/'),
  ...at('linkedin.com', '/slink', '/redir/redirect', '/safety/go'),
  ...at('t.umblr.com', '/redirect'),
  ...at('slack-redir.net', '/link'),
  ...at('steamcommunity.com', '/linkfilter'),
  ...at('medium.com', '/r/'),
  ...at('vk.com', '/away.php'),
  ...at('adobe.com', '/redirect'),
  ...at('t-info.mail.adobe.com', '/r/'),
  ...at('notifications.google.com', '/g/p/'),
  ...at('clickserve.dartmouth.edu', '/'),
  ...at('indeed.com', '/rc/clk'),
  ...at('dotomi.com', '/signal'),
  ...at('secure-redirect.cloud.microsoft', '/'),
];

/** Names of parameters in which hosts that nobody keeps a list of are told where to send on. */
export const targetParameters: ReadonlySet<string> = new Set(
  'url u q to target dest destination redirect redirect_url redirect_uri redir goto go link out returnurl return next continue adurl ref_url'.split(
    ' ',
  ),
);
