// Owns the answer in the format of Thunderbird, config-v1.1.xml (draft-ietf-mailmaint-autoconfig). It depends
// on the domain alone: the mail program puts the name of the user in.
import type { DomainSettings } from './domain-settings.ts';
import { documentOf, element, type Xml } from './xml.ts';

const socketTypes = { implicit: 'SSL', stls: 'STARTTLS', none: 'plain' } as const;
const userNames = { address: '%EMAILADDRESS%', local_part: '%EMAILLOCALPART%' } as const;

export function thunderbirdConfig(settings: DomainSettings): string {
  const { id, domains, displayName, incoming, outgoing, userName } = settings;
  const provider = element(
    'emailProvider',
    [
      ...domains.map((domain) => element('domain', domain)),
      element('displayName', displayName),
      element('displayShortName', displayName),
      ...incoming.map((place) =>
        element('incomingServer', server(place.server, place, userName), { type: 'pop3' }),
      ),
      element('outgoingServer', outgoingServer(outgoing), { type: 'smtp' }),
    ],
    { id },
  );
  return documentOf(element('clientConfig', [provider], { version: '1.1' }));
}

interface Place {
  readonly port: number;
  readonly tls: keyof typeof socketTypes;
}

function server(
  hostname: string,
  { port, tls }: Place,
  userName: keyof typeof userNames | undefined,
): Xml[] {
  return [
    element('hostname', hostname),
    element('port', port),
    element('socketType', socketTypes[tls]),
    ...(userName === undefined
      ? [element('authentication', 'none')]
      : [
          element('username', userNames[userName]),
          element('authentication', 'password-cleartext'),
        ]),
  ];
}

function outgoingServer({ host, authentication, userName, ...place }: DomainSettings['outgoing']) {
  return server(host, place, authentication === 'none' ? undefined : userName);
}
