// Owns who is named in From, To and their like: display names and addresses, read as leniently as mail
// programs do. Linear, and bounded: the value is a stranger's. Pure.
import { decodeOctetString } from './charset.ts';
import { toReadableText } from './text.ts';

export interface Mailbox {
  /** As shown to people, encoded words undone; of one without a name what stands in its comment. */
  readonly name: string | undefined;
  /** As written, the domain in lower case; undefined for a name without an address. */
  readonly address: string | undefined;
  /** In lower case, without a dot at its end; undefined when the address has none. */
  readonly domain: string | undefined;
}

const longestValue = 64 * 1024;
const mostMailboxes = 1000;

/** Of a header value that holds one octet per character (RFC 5322 s.3.4). */
export function parseMailboxes(value: string): Mailbox[] {
  const reader = new MailboxReader();
  const text = value.length > longestValue ? value.slice(0, longestValue) : value;
  for (let at = 0; at < text.length && reader.mailboxes.length < mostMailboxes; ) {
    at = reader.take(text, at);
  }
  reader.endMailbox();
  return reader.mailboxes;
}

class MailboxReader {
  readonly mailboxes: Mailbox[] = [];
  #phrase = '';
  #comment = '';
  #angle: string | undefined;
  #hasAt = false;

  /** Reads one character, quoted string, comment or address in angles; returns where the next begins. */
  take(text: string, at: number): number {
    const character = text.charAt(at);
    switch (character) {
      case '"': {
        const { content, end } = quoted(text, at);
        // `"john doe"@example.org`: then the quotes belong to the address.
        this.#phrase += text.charAt(end) === '@' ? text.slice(at, end) : content;
        return end;
      }
      case '(': {
        const end = commentEnd(text, at);
        this.#comment = text.slice(at + 1, end - 1).trim();
        return end;
      }
      case '<': {
        const close = text.indexOf('>', at);
        const end = close === -1 ? text.length : close;
        // Of several the last one: where a program takes the first, the others stand in the name.
        if (this.#angle !== undefined) this.#phrase += `<${this.#angle}>`;
        this.#angle = text.slice(at + 1, end);
        return end + 1;
      }
      case ',':
      case ';':
        this.endMailbox();
        return at + 1;
      case ':':
        // The name of a group, unless it stands in what some program has not quoted.
        if (this.#angle === undefined && !this.#hasAt) this.#phrase = '';
        return at + 1;
      default:
        if (character === '@') this.#hasAt = true;
        this.#phrase += character;
        return at + 1;
    }
  }

  endMailbox(): void {
    const phrase = this.#phrase.trim();
    const written = this.#angle ?? (this.#hasAt ? phrase : undefined);
    const name =
      (this.#angle === undefined && written !== undefined ? '' : phrase) || this.#comment;
    if (phrase !== '' || written !== undefined) {
      this.mailboxes.push(toMailbox(name === '' ? undefined : toReadableText(name), written));
    }
    this.#phrase = '';
    this.#comment = '';
    this.#angle = undefined;
    this.#hasAt = false;
  }
}

function toMailbox(name: string | undefined, written: string | undefined): Mailbox {
  const spec = written && decodeOctetString(written).replaceAll(/[ \t]/g, '');
  if (spec === undefined || spec === '') return { name, address: undefined, domain: undefined };
  const at = spec.lastIndexOf('@');
  if (at === -1) return { name, address: spec, domain: undefined };
  const domain = spec
    .slice(at + 1)
    .toLowerCase()
    .replace(/\.$/, '');
  // RFC 5322 s.4.4: a route may stand before the address.
  const local = spec.slice(spec.startsWith('@') ? spec.indexOf(':') + 1 : 0, at);
  return {
    name,
    address: `${local}@${domain}`,
    domain: domain === '' ? undefined : domain,
  };
}

/** Of one without end, all that follows is in it. */
function quoted(text: string, start: number): { readonly content: string; readonly end: number } {
  let content = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return { content, end: at + 1 };
    if (character === '\\') at += 1;
    content += text.charAt(at);
  }
  return { content, end: text.length };
}

function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
