// Owns the addresses of a stranger in a field that Postern writes: display names stay names and never
// become addresses, and what they decode to is plain.
import { decodeWords } from '../../message/encoded-word.ts';
import { headerText, maxShownLength } from './plain-text.ts';

const maxAddresses = 20;
const maxAddressLength = 254;
/** Octets of one encoded word before base64 (RFC 2047 s.2: 75 characters in all). */
const maxWordOctets = 45;

/** Narrower than RFC 5322: no quotes and no white space, so that nothing can be read differently. */
const address = /[\w!#$%&'*+/=?^`{|}~.-]+@[\w.:[\]-]+/.source;
const name = /(?:"(?:[\x20!#-[\]-~]|\\[\x20-~])*"|[\w !#$%&'*+/=?^`{|}~.-])*/.source;
const comment = /(?: ?\([\x20-'*-[\]-~]*\))?/.source;
const mailbox = `(?:${name}<${address}>|${address})${comment}`;
const wholeAddress = new RegExp(`^${address}$`);
const ordinaryList = new RegExp(`^${mailbox}(?:, ?${mailbox})*$`);

interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/**
 * `value` holds one octet per character. What all programs read alike stays as it is; everything else
 * is taken apart and written anew. Undefined when there is nothing to write.
 */
export function addressField(value: string): string | undefined {
  const isOrdinary = value.length <= maxShownLength && !value.includes('=?');
  if (isOrdinary && ordinaryList.test(value)) return value;
  const mailboxes = parseMailboxes(value);
  if (mailboxes.length > 0) return mailboxes.map(formatMailbox).join(', ');
  const name = headerText(decodeWords(value));
  // RFC 6761 s.6.4: a name that leads nowhere.
  return name === '' ? undefined : formatMailbox({ name, address: 'unknown@invalid' });
}

/** Lax: quotes, comments and angle brackets are told apart, all else is a name or an address. */
function parseMailboxes(value: string): Mailbox[] {
  const found: Mailbox[] = [];
  let name = '';
  let address: string | undefined;
  let place: 'outside' | 'quoted' | 'comment' | 'angle' = 'outside';
  const finish = (): void => {
    const written = (address ?? name).trim();
    if (isAddress(written)) {
      found.push({ name: address === undefined ? '' : nameOf(name), address: written });
    }
    name = '';
    address = undefined;
  };
  for (let at = 0; at < value.length && found.length < maxAddresses; at += 1) {
    const character = value[at] ?? '';
    if (character === '\\' && (place === 'quoted' || place === 'comment')) {
      at += 1;
      if (place === 'quoted') name += value[at] ?? '';
    } else if (place === 'quoted') {
      if (character === '"') place = 'outside';
      else name += character;
    } else if (place === 'comment') {
      if (character === ')') place = 'outside';
    } else if (place === 'angle') {
      if (character === '>') place = 'outside';
      else address += character;
    } else if (character === '"') place = 'quoted';
    else if (character === '(') place = 'comment';
    else if (character === '<') {
      place = 'angle';
      address = '';
    } else if (character === ',' || character === ';') finish();
    // RFC 5322 s.3.4: the name of a group stands before a colon.
    else if (character === ':') name = '';
    else name += character;
  }
  if (found.length < maxAddresses) finish();
  return found;
}

function nameOf(written: string): string {
  return headerText(decodeWords(written.trim()));
}

function isAddress(text: string): boolean {
  return text.length <= maxAddressLength && wholeAddress.test(text) && !text.includes('=?');
}

function formatMailbox({ name, address }: Mailbox): string {
  if (name === '') return address;
  return `${phrase(name)} <${address}>`;
}

/** RFC 2047 s.5 (3): in a phrase nothing but encoded words may stand for special characters. */
function phrase(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return `"${name.replaceAll(/["\\]/g, '\\$&')}"`;
  const words: string[] = [];
  let current = '';
  for (const character of name) {
    if (Buffer.byteLength(current + character) > maxWordOctets) {
      words.push(current);
      current = '';
    }
    current += character;
  }
  words.push(current);
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
