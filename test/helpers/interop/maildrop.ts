// Owns the mail that the matrix sends around: what RFC 5322 allows and relays still tend to break.
// Every message has an identity that survives whatever a server or a client adds to it.

const lineMaxOctets = 998;

/** So many are deleted first; the rest has to stay. */
export const firstDeletedCount = 5;

export function legalMessages(): Buffer[] {
  return bodies.map((body, index) =>
    Buffer.from(`${header(index)}${body}`.replaceAll('\n', '\r\n'), 'latin1'),
  );
}

export function identityOf(message: Buffer): string {
  const match = /^Message-ID: <(\d+)@interop\.example>/im.exec(message.toString('latin1'));
  return match?.[1] ?? 'none';
}

// The trace field is there because popa3d makes the unique id out of it.
function header(index: number): string {
  const minute = String(index).padStart(2, '0');
  const date = `Mon, 01 Jan 2024 00:${minute}:00 +0000`;
  return `Received: from a.example by b.example with SMTP id ${index}; ${date}
From: Ann <ann@interop.example>
To: bob@interop.example
Date: ${date}
Message-ID: <${index}@interop.example>
Subject: message ${index}
`;
}

// With the fields that follow the common ones, if any.
const bodies: readonly string[] = [
  '\nplain\n',
  '\n.\n..\n...\n.a\n. \nend.\n.\n',
  '\n.\n.\n\n.\n+OK\n-ERR no\n',
  '\nno end of the last line',
  '\na dot at the end\n.',
  '\n',
  '\n\n\n\n',
  `\n${'\n'.repeat(2000)}`,
  `\n${'.\n'.repeat(10_000)}`,
  `\n${'x'.repeat(lineMaxOctets)}\n.${'y'.repeat(lineMaxOctets - 1)}\n`,
  'X-Folded: a\n\tb\n  c\nX-Empty:\n\nfolded\n',
  `X-Long: ${'z'.repeat(lineMaxOctets - 'X-Long: '.length)}\n\nlong field\n`,
  'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\ncaf\xc3\xa9 \xff\xfe\n',
  '\nFrom here\n>From there\n\nFrom: nobody\n',
  `Content-Type: message/rfc822\n\nSubject: inner\n\n.inner\n`,
  `\n${'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.\n'.repeat(5000)}`,
];
