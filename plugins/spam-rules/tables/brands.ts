// Owns the names that senders borrow most, and the domains whose owners may use them. `paypal.*` stands
// for that name under any country's ending. Kept by hand: names of large services that ask for a login,
// a payment or a parcel's fee.

export interface Brand {
  readonly name: string;
  /** As people write it, in small letters; of several words each. */
  readonly words: readonly string[];
  readonly domains: readonly string[];
  /** The word means something else as well: it counts only where nothing else but service words stand. */
  readonly isOrdinaryWord?: true;
}

function brand(name: string, words: string, domains: string): Brand {
  return { name, words: words.split(', '), domains: domains.split(' ') };
}

function ordinary(name: string, words: string, domains: string): Brand {
  return { ...brand(name, words, domains), isOrdinaryWord: true };
}

export const brands: readonly Brand[] = [
  // Payment
  brand('PayPal', 'paypal', 'paypal.com paypal.* paypal-communication.com xoom.com'),
  brand('Klarna', 'klarna', 'klarna.com klarna.*'),
  brand('Western Union', 'western union, westernunion', 'westernunion.com wu.com'),
  brand('MoneyGram', 'moneygram', 'moneygram.com'),
  brand(
    'American Express',
    'american express, americanexpress, amex',
    'americanexpress.com aexp.com amex.com americanexpress.*',
  ),
  brand('Mastercard', 'mastercard', 'mastercard.com mastercard.*'),
  ordinary('Visa', 'visa', 'visa.com visa.*'),
  ordinary('Stripe', 'stripe', 'stripe.com'),
  brand('Venmo', 'venmo', 'venmo.com'),
  brand('Revolut', 'revolut', 'revolut.com'),
  brand('Coinbase', 'coinbase', 'coinbase.com'),
  brand('Binance', 'binance', 'binance.com binance.us'),
  brand('MetaMask', 'metamask', 'metamask.io consensys.io consensys.net'),
  brand('Blockchain.com', 'blockchain.com', 'blockchain.com'),
  brand('Trust Wallet', 'trust wallet, trustwallet', 'trustwallet.com'),
  brand('Ledger', 'ledger wallet, ledger live', 'ledger.com'),
  // Banks
  brand('Bank of America', 'bank of america, bankofamerica', 'bankofamerica.com bofa.com'),
  brand('Wells Fargo', 'wells fargo, wellsfargo', 'wellsfargo.com wf.com'),
  ordinary('Chase', 'chase', 'chase.com jpmorgan.com jpmchase.com'),
  brand('Citibank', 'citibank', 'citi.com citibank.com citibank.*'),
  brand('Capital One', 'capital one, capitalone', 'capitalone.com'),
  brand('HSBC', 'hsbc', 'hsbc.com hsbc.*'),
  brand('Barclays', 'barclays', 'barclays.com barclays.* barclaycardus.com'),
  ordinary('Santander', 'santander', 'santander.com santander.* santanderbank.com'),
  brand('Deutsche Bank', 'deutsche bank', 'db.com deutsche-bank.*'),
  // Each town has its own, with a domain of its own.
  ordinary('Sparkasse', 'sparkasse', 'sparkasse.* sparkasse.de s-finanzgruppe.de'),
  ordinary('Volksbank', 'volksbank', 'volksbank.* vr.de volksbanken-raiffeisenbanken.de'),
  brand('Commerzbank', 'commerzbank', 'commerzbank.com commerzbank.*'),
  brand('Bradesco', 'bradesco', 'bradesco.com bradesco.* bradesco.banco'),
  brand('Banco do Brasil', 'banco do brasil, bancodobrasil', 'bb.com.br bancodobrasil.com.br'),
  brand('Nubank', 'nubank', 'nubank.com nubank.com.br'),
  brand('BNP Paribas', 'bnp paribas', 'bnpparibas.com bnpparibas bnpparibas.*'),
  brand('Crédit Agricole', 'credit agricole', 'credit-agricole.fr credit-agricole.com'),
  // Shops
  brand(
    'Amazon',
    'amazon',
    'amazon.com amazon.* amazonses.com amazonaws.com amazon.jobs images-amazon.com ssl-images-amazon.com media-amazon.com amazon-adsystem.com',
  ),
  brand('eBay', 'ebay', 'ebay.com ebay.*'),
  brand('AliExpress', 'aliexpress', 'aliexpress.com aliexpress.* alibaba.com'),
  brand('Walmart', 'walmart', 'walmart.com walmart.*'),
  brand('Costco', 'costco', 'costco.com costco.*'),
  brand('Home Depot', 'home depot, homedepot', 'homedepot.com homedepot.*'),
  brand(
    'Mercado Livre',
    'mercado livre, mercadolivre, mercado libre, mercadolibre',
    'mercadolivre.com.br mercadolibre.com mercadolibre.*',
  ),
  brand('Shopify', 'shopify', 'shopify.com myshopify.com'),
  // Computers and networks
  brand(
    'Microsoft',
    'microsoft, office 365, office365, microsoft 365',
    'microsoft.com microsoft.* microsoftonline.com office.com office365.com live.com outlook.com hotmail.com azure.com windows.com sharepoint.com onmicrosoft.com microsoftemail.com',
  ),
  brand('Outlook', 'outlook.com', 'outlook.com microsoft.com live.com'),
  brand('OneDrive', 'onedrive', 'onedrive.com microsoft.com live.com'),
  brand(
    'Google',
    'google, gmail',
    'google.com google.* gmail.com googlemail.com youtube.com withgoogle.com googlegroups.com goo.gl google google-analytics.com googletagmanager.com google-analytics.*',
  ),
  ordinary(
    'Apple',
    'apple, icloud, itunes',
    'apple.com icloud.com me.com mac.com itunes.com apple.*',
  ),
  brand('Facebook', 'facebook', 'facebook.com facebookmail.com fb.com meta.com'),
  brand('Instagram', 'instagram', 'instagram.com facebookmail.com meta.com'),
  brand('WhatsApp', 'whatsapp', 'whatsapp.com'),
  brand('LinkedIn', 'linkedin', 'linkedin.com linkedin.*'),
  brand('Netflix', 'netflix', 'netflix.com netflix.*'),
  brand('Spotify', 'spotify', 'spotify.com'),
  brand('Disney+', 'disney plus, disneyplus', 'disneyplus.com disney.com'),
  brand('Adobe', 'adobe', 'adobe.com adobesign.com echosign.com'),
  brand('DocuSign', 'docusign', 'docusign.com docusign.net'),
  brand('Dropbox', 'dropbox', 'dropbox.com dropboxmail.com'),
  brand('WeTransfer', 'wetransfer', 'wetransfer.com'),
  ordinary('Zoom', 'zoom', 'zoom.us zoom.com'),
  ordinary('Steam', 'steam', 'steampowered.com steamcommunity.com valvesoftware.com'),
  ordinary(
    'Norton',
    'norton, lifelock',
    'norton.com nortonlifelock.com gendigital.com lifelock.com',
  ),
  ordinary('McAfee', 'mcafee', 'mcafee.com'),
  brand('Geek Squad', 'geek squad, geeksquad', 'geeksquad.com bestbuy.com'),
  brand('GoDaddy', 'godaddy', 'godaddy.com secureserver.net'),
  brand('Yahoo', 'yahoo', 'yahoo.com yahoo.* yahooinc.com ymail.com yahoogroups.com'),
  ordinary(
    'Telekom',
    'telekom, t-mobile, t-online',
    'telekom.de telekom.com t-online.de t-mobile.com telekom.* t-mobile.*',
  ),
  brand('Vodafone', 'vodafone', 'vodafone.com vodafone.*'),
  brand('AT&T', 'at&t', 'att.com att.net att-mail.com'),
  brand('Verizon', 'verizon', 'verizon.com verizonwireless.com verizon.net'),
  brand('Xfinity', 'xfinity, comcast', 'xfinity.com comcast.com comcast.net'),
  brand('IONOS', 'ionos', 'ionos.com ionos.* 1und1.de 1and1.com'),
  brand('Strato', 'strato ag', 'strato.de strato.com'),
  // Parcels
  brand('DHL', 'dhl', 'dhl.com dhl.* dpdhl.com dhl-news.com dhlparcel.nl'),
  ordinary('UPS', 'ups', 'ups.com'),
  brand('FedEx', 'fedex', 'fedex.com fedex.*'),
  brand('USPS', 'usps', 'usps.com usps.gov'),
  brand('DPD', 'dpd', 'dpd.com dpd.* dpdgroup.com'),
  ordinary('Hermes', 'hermes', 'myhermes.de hermesworld.com evri.com'),
  brand('Correios', 'correios', 'correios.com.br'),
  brand('Royal Mail', 'royal mail, royalmail', 'royalmail.com'),
  // Authorities
  brand('IRS', 'internal revenue service', 'irs.gov'),
  brand('HMRC', 'hmrc', 'hmrc.gov.uk gov.uk'),
  ordinary('Elster', 'elster', 'elster.de'),
];

/** What stands beside a borrowed name. */
export const serviceWords: ReadonlySet<string> = new Set(
  'account accounts admin alert alerts app billing bank banking card care center centre club com confirmation customer customers delivery department desk email express free gift help helpdesk id inc info information it konto kundenservice kundendienst llc login mail manager member membership message messages net news no noreply notice notification notifications notify office official online order orders parcel password pay payment payments plus premium prime protection refund reply reward rewards secure security sender service services shipping shop sicherheit store support system team tech the track tracking update updates us user verification verify wallet winner your'.split(
    ' ',
  ),
);
