// Owns the rule link-odd-port.
import type { BuiltInRule } from '../built-in-rule.ts';
import { followed } from '../hosts.ts';

export const linkOddPort: BuiltInRule = {
  name: 'link-odd-port',
  logOdds: 0.9,
  about: 'a link to a port that no web server has by default',
  find(letter) {
    for (const { text } of followed(letter)) {
      const url = URL.parse(text);
      if (url !== null && url.port !== '' && !usualPorts.has(url.port)) return url.host;
    }
    return undefined;
  },
};

const usualPorts = new Set(['80', '443', '8000', '8080', '8443']);
