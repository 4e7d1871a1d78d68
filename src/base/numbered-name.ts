// Owns telling the name of a line from that of a server: providers of access name the addresses of their
// customers by number, such as `p5b0a1234.dip.example.net` and `dsl-192-0-2-1.example.net`. Pure.
import { isIPv4, isIPv6 } from 'node:net';

/** Does the name spell its own address? In any order, since some write it backwards. */
export function isNumberedName(name: string, address: string): boolean {
  if (isIPv4(address)) return spellsIPv4(name, address);
  return isIPv6(address) && spellsIPv6(name, address);
}

/** The first two numbers are often left out: all customers of a place have the same. */
function spellsIPv4(name: string, address: string): boolean {
  const octets = address.split('.').map(Number);
  const runs = (name.match(/\d+/g) ?? []).map((run) => run.replace(/^0+(?=\d)/, ''));
  const hasLast = octets.slice(2).every((octet) => {
    const at = runs.indexOf(String(octet));
    if (at !== -1) runs.splice(at, 1);
    return at !== -1;
  });
  if (hasLast) return true;
  const written = (width: number, base: number): string =>
    octets.map((octet) => octet.toString(base).padStart(width, '0')).join('');
  return name.includes(written(2, 16)) || name.includes(written(3, 10));
}

/** Of its last four groups at least two, or the last one where the others are 0. */
function spellsIPv6(name: string, address: string): boolean {
  const groups = (address.split('::').at(-1) ?? '').split(':').slice(-4);
  const telling = groups.filter((group) => group.length > 2);
  const found = telling.filter((group) => name.includes(group));
  return found.length > 0 && found.length >= Math.min(2, telling.length);
}
