// Owns by which names and addresses the hosts of mail providers appear in the Received fields of the mail
// that they take in, where that is not the domain of their POP3 server.

export interface ProviderHosts {
  /** Registrable domains of the POP3 servers. */
  readonly of: readonly string[];
  /** Domains of the hosts that write Received fields. */
  readonly writers: readonly string[];
  /**
   * Domains of hosts that hand mail on inside the provider; none where hosts for the mail that its users
   * send have the same names, or where customers have servers and lines of their own.
   */
  readonly relays?: readonly string[];
  /** Addresses that are used inside only. */
  readonly networks?: readonly string[];
}

export const providerHosts: readonly ProviderHosts[] = [
  { of: ['gmail.com', 'googlemail.com'], writers: ['google.com'], relays: [] },
  {
    of: ['office365.com', 'outlook.com', 'hotmail.com', 'live.com'],
    writers: ['outlook.com', 'office365.com', 'hotmail.com'],
    relays: [],
    // Between data centres; mail that tenants send comes from other ones.
    networks: ['2603:1000::/24', '2a01:111:e400::/48'],
  },
  {
    of: ['yahoo.com', 'aol.com', 'att.net', 'verizon.net'],
    writers: ['yahoo.com', 'yahoodns.net', 'aol.com', 'att.net'],
    relays: [],
  },
  { of: ['gmx.net', 'gmx.com', 'web.de'], writers: ['gmx.net', 'gmx.com', 'web.de'], relays: [] },
  {
    of: ['ionos.de', 'ionos.com', 'ionos.co.uk', 'ionos.fr', 'ionos.es', '1und1.de', '1and1.com'],
    writers: ['kundenserver.de', 'perfora.net', 'ionos.com', '1and1.com', '1und1.de'],
    relays: [],
  },
  { of: ['strato.de', 'strato.com', 'rzone.de'], writers: ['rzone.de', 'strato.de'] },
  { of: ['all-inkl.com'], writers: ['kasserver.com'], relays: [] },
  { of: ['posteo.de'], writers: ['posteo.de', 'posteo.name'] },
  { of: ['mailbox.org'], writers: ['mailbox.org', 'heinlein-hosting.de'] },
  { of: ['fastmail.com'], writers: ['messagingengine.com', 'fastmail.com'] },
  { of: ['ovh.net', 'ovh.com'], writers: ['ovh.net'], relays: ['mail.ovh.net'] },
  {
    of: ['orange.fr'],
    writers: ['orange.fr', 'me-wanadoo.net', 'wanadoo.fr'],
    relays: ['me-wanadoo.net'],
  },
  { of: ['free.fr'], writers: ['free.fr', 'proxad.net'], relays: ['priv.proxad.net'] },
  { of: ['yandex.com', 'yandex.ru'], writers: ['yandex.net', 'yandex.ru', 'yandex.com'] },
  { of: ['zoho.com', 'zoho.eu', 'zoho.in'], writers: ['zohomail.com', 'zoho.com', 'zoho.eu'] },
];
