// Owns hosts behind whose name anybody may stand: link shorteners, and services where a page is put up
// within a minute and without a name. Kept by hand; whatever is below a name counts with it.

export const shorteners: ReadonlySet<string> = new Set(
  `bit.ly bitly.com tinyurl.com goo.gl t.co ow.ly is.gd v.gd buff.ly rebrand.ly rb.gy cutt.ly shorturl.at
  shorturl.asia t.ly tiny.cc tiny.one soo.gd s.id bl.ink lnkd.in short.io clck.ru qps.ru u.to x.gd urlz.fr
  shorte.st adf.ly bc.vc ouo.io linktr.ee lnk.to lnk.bio snip.ly hyperurl.co trib.al dlvr.it ift.tt wp.me
  db.tt qr.ae amzn.to j.mp po.st mcaf.ee zpr.io n9.cl acortar.link encurtador.com.br encr.pw kutt.it chilp.it
  shrtco.de 1url.com 2no.co gg.gg qrco.de me-qr.com l.ead.me urlshort.dev tinu.be href.li surl.li vk.cc`.split(
    /\s+/,
  ),
);

export const freeHosts: ReadonlySet<string> = new Set(
  `weebly.com wixsite.com blogspot.com web.app firebaseapp.com pages.dev workers.dev r2.dev vercel.app
  netlify.app glitch.me herokuapp.com onrender.com repl.co replit.app surge.sh 000webhostapp.com
  square.site godaddysites.com wordpress.com webflow.io carrd.co strikingly.com jimdofree.com jimdosite.com
  yolasite.com webnode.page mystrikingly.com cprapid.com ngrok.io ngrok-free.app trycloudflare.com
  duckdns.org ddns.net hopto.org zapto.org sytes.net no-ip.org 000.pe infinityfreeapp.com
  framer.website framer.app notion.site gitbook.io ipfs.io dweb.link cloudflare-ipfs.com cf-ipfs.com fleek.cool
  appspot.com azurewebsites.net azurefd.net blob.core.windows.net web.core.windows.net cloudapp.azure.com
  s3.amazonaws.com storage.googleapis.com forms.gle docs.google.com sites.google.com script.google.com
  forms.office.com jotform.com typeform.com formstack.com wufoo.com telegra.ph t.me`.split(/\s+/),
);

/** Through these, firms lead the clicks of their own people, to look where they go. */
export const linkGuards: ReadonlySet<string> = new Set(
  `urldefense.com urldefense.us proofpoint.com safelinks.protection.outlook.com linkprotect.cudasvc.com
  mimecastprotect.com mimecast.com clicktime.symantec.com trendmicro.com fireeye.com sophos.com
  linklock.titanhq.com avanan.click checkpoint.com`.split(/\s+/),
);

export const freeMail: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com
  icloud.com me.com mac.com gmx.com gmx.net gmx.de web.de mail.com mail.ru bk.ru inbox.ru list.ru yandex.ru
  yandex.com proton.me protonmail.com tutanota.com zoho.com qq.com 163.com 126.com sina.com naver.com daum.net
  hanmail.net libero.it laposte.net orange.fr free.fr wanadoo.fr t-online.de freenet.de seznam.cz wp.pl o2.pl
  onet.pl rediffmail.com uol.com.br bol.com.br terra.com.br hotmail.co.uk hotmail.fr yahoo.co.uk yahoo.fr
  yahoo.co.jp yahoo.com.br outlook.fr outlook.de live.fr`.split(/\s+/),
);

/** The name itself or one that it is below. */
export function isAmong(host: string, names: ReadonlySet<string>): boolean {
  for (let at = 0; at !== -1; ) {
    if (names.has(host.slice(at))) return true;
    const dot = host.indexOf('.', at);
    at = dot === -1 ? -1 : dot + 1;
  }
  return false;
}
