// Owns a configuration with pages for mail programs, for the tests of these.
import {
  type SettingsByDomain,
  settingsByDomain,
} from '../../src/admin/autoconfig/domain-settings.ts';
import { readConfig } from '../../src/config/load.ts';

export const autoconfigYaml = `
listeners:
  - {name: upgraded, port: 1110, tls: stls, announce: {host: mail.example.net, port: 110}}
  - {name: secure, port: 1995, tls: implicit, announce: {host: mail.example.net, port: 995}}
  - {name: plain, port: 1111, tls: none, announce: {host: mail.example.net}}
  - {name: unnamed, port: 1112, tls: stls}
routes: [{name: r, upstream: {host: pop.example.net}}]
autoconfig:
  port: 0
  display_name: Mail & <more>
  domains:
    - names: [example.net, Example.ORG]
      outgoing: {host: smtp.example.net}
    - names: [xn--mller-kva.example]
      listeners: [plain]
      user_name: local_part
      outgoing: {host: smtp.example.net, tls: stls, authentication: none}
`;

export async function autoconfigSettings(): Promise<SettingsByDomain> {
  return settingsByDomain((await readConfig(autoconfigYaml, 'postern.yaml', {})).config);
}
