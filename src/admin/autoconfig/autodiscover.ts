// Owns the answer to Outlook: Autodiscover in its "plain old XML" form. It says the same for every mailbox of
// a domain, whether there is such a mailbox or not.
import { parseAutodiscoverRequest } from './autodiscover-request.ts';
import type { DomainSettings, SettingsByDomain } from './domain-settings.ts';
import { type MailAddress, parseMailAddress } from './mail-address.ts';
import { documentOf, element, type Xml } from './xml.ts';

const schemas = 'http://schemas.microsoft.com/exchange/autodiscover';
const outlookSchema = `${schemas}/outlook/responseschema/2006a`;

/** `body` as it came; whatever it is, the answer is an Autodiscover document. */
export function autodiscover(body: Buffer, byDomain: SettingsByDomain, now: Date): string {
  const request = parseAutodiscoverRequest(textOf(body));
  const address = request && parseMailAddress(request.emailAddress);
  if (request === undefined || address === undefined) {
    return failure(600, 'Invalid Request', now);
  }
  if (request.responseSchema !== undefined && request.responseSchema !== outlookSchema) {
    return failure(601, 'Provider is not available', now);
  }
  const settings = byDomain.get(address.domain);
  if (settings === undefined) return failure(500, 'The email address cannot be found.', now);
  const account = element('Account', [
    element('AccountType', 'email'),
    element('Action', 'settings'),
    ...protocols(settings, address),
  ]);
  const response = element('Response', [account], { xmlns: outlookSchema });
  return documentOf(root(response));
}

function root(response: Xml): Xml {
  return element('Autodiscover', [response], { xmlns: `${schemas}/responseschema/2006` });
}

/** Outlook takes the first one of each kind, and has no STLS for POP3. */
function protocols(settings: DomainSettings, address: MailAddress): Xml[] {
  const { incoming, outgoing, userName } = settings;
  const place = incoming.find(({ tls }) => tls === 'implicit') ?? incoming[0];
  const pop3 =
    place &&
    element('Protocol', [
      element('Type', 'POP3'),
      element('Server', place.server),
      element('Port', place.port),
      element('LoginName', nameOf(address, userName)),
      ...encryption(place.tls),
      element('AuthRequired', 'on'),
    ]);
  const hasPassword = outgoing.authentication === 'password';
  const smtp = element('Protocol', [
    element('Type', 'SMTP'),
    element('Server', outgoing.host),
    element('Port', outgoing.port),
    ...(hasPassword ? [element('LoginName', nameOf(address, outgoing.userName))] : []),
    ...encryption(outgoing.tls),
    element('AuthRequired', hasPassword ? 'on' : 'off'),
    element('UsePOPAuth', hasPassword && outgoing.userName === userName ? 'on' : 'off'),
    element('SMTPLast', 'off'),
  ]);
  return pop3 === undefined ? [smtp] : [pop3, smtp];
}

/** Without SPA, Outlook takes it as on, and then logs in by NTLM, which nobody offers here. */
function encryption(tls: 'implicit' | 'stls' | 'none'): Xml[] {
  return [
    element('DomainRequired', 'off'),
    element('SPA', 'off'),
    element('SSL', tls === 'implicit' ? 'on' : 'off'),
    element('Encryption', { implicit: 'SSL', stls: 'TLS', none: 'None' }[tls]),
  ];
}

function nameOf({ address, localPart }: MailAddress, form: DomainSettings['userName']): string {
  return form === 'address' ? address : localPart;
}

function failure(code: 500 | 600 | 601, message: string, now: Date): string {
  const time = now.toISOString().slice(11, 23);
  const error = element(
    'Error',
    [element('ErrorCode', code), element('Message', message), element('DebugData', '')],
    { Time: time, Id: '1' },
  );
  return documentOf(root(element('Response', [error])));
}

/** Octets that are no UTF-8 become a character that no mail address has. */
function textOf(body: Buffer): string {
  return new TextDecoder('utf-8').decode(body);
}
