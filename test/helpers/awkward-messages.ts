// Owns messages that relays tend to break, as a server stores them. Pure data, built at run time.

export interface AwkwardMessage {
  readonly name: string;
  readonly octets: Buffer;
}

const header = 'From: a@example.org\r\nTo: b@example.org\r\nSubject: awkward\r\n';

export function awkwardMessages(): AwkwardMessage[] {
  return [
    message('dots at line starts', `${header}\r\n.\r\n..\r\n...\r\n.a\r\n. \r\nend.\r\n.\r\n`),
    message(
      'lines that look like the terminator',
      `${header}\r\n.\r\n.\r\n\r\n.\r\n+OK\r\n-ERR\r\n`,
    ),
    message('no final newline', `${header}\r\nlast line without an end`),
    message('a dot as last line without an end', `${header}\r\nbody\r\n.`),
    message('NUL octets', `${header}\r\nbefore\0after\r\n\0\r\n`),
    message('all octet values', Buffer.concat([Buffer.from(`${header}\r\n`), everyOctet()])),
    message('a line of 1 MB', `${header}\r\n${'x'.repeat(1_048_576)}\r\nend\r\n`),
    message('a header line of 100 kB', `X-Long: ${'y'.repeat(100_000)}\r\n${header}\r\nbody\r\n`),
    message('an empty body', `${header}\r\n`),
    message('a header only', header),
    message('a header without an end of line', 'Subject: x'),
    message('an empty line only', '\r\n'),
    message('a body without a header', '\r\nno header at all\r\n'),
    message('bare CR', `${header}\r\none\rtwo\r\r\nthree\r\n\r.x\r\nfour\r`),
    message('bare LF beside CRLF', `${header}\r\none\ntwo\r\nthree\n.\nfour\r\n`),
    message(
      'folded and odd headers',
      `Subject: a\r\n\tb\r\n  c\r\nnot a field\r\n: empty\r\n\r\nx\r\n`,
    ),
    message('many empty lines', `${header}\r\n${'\r\n'.repeat(5000)}`),
    message('many dots', `${header}\r\n${'.\r\n'.repeat(20_000)}`),
    message(
      'latin1 and utf8 in the header',
      Buffer.from(`Subject: caf\xe9 \xc3\xa9\r\n\r\n\xff\xfe\r\n`, 'latin1'),
    ),
    message('8 MB of short lines', `${header}\r\n${'0123456789abcdef.\r\n'.repeat(440_000)}`),
  ];
}

/** Dovecot does not stuff the very first octet of a message. */
export function dotFirstMessage(): Buffer {
  return Buffer.from(`.X-Odd: 1\r\n${header}\r\nbody\r\n`, 'latin1');
}

function message(name: string, octets: string | Buffer): AwkwardMessage {
  return { name, octets: typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets };
}

// Without CR and LF, which would make line ends of their own.
function everyOctet(): Buffer {
  const all = Array.from({ length: 256 }, (_, octet) => octet);
  return Buffer.from([...all.filter((octet) => octet !== 0x0d && octet !== 0x0a), 0x0d, 0x0a]);
}
