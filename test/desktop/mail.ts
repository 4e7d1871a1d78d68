// Owns the mail that desktop clients are given, to be recognised in whatever way they store it.

export const desktopMessages: readonly Buffer[] = [
  letter('Welcome', 'A plain letter.\r\n'),
  letter('Dots', '.\r\n..\r\n.a line\r\nend.\r\n'),
  letter('No end of line', 'the last line just stops'),
  letter('Folded\r\n\tsubject', 'A header on two lines.\r\n'),
  letter('=?utf-8?Q?Gr=C3=BC=C3=9Fe?=', 'Encoded in the header.\r\n'),
  letter('Long', 'forty-four characters of text in every line\r\n'.repeat(2000)),
];

function letter(subject: string, body: string): Buffer {
  const id = Buffer.from(subject).toString('hex').slice(0, 12);
  return Buffer.from(
    `From: Ann <ann@example.org>\r\nTo: joe@example.org\r\nDate: Mon, 01 Jan 2024 12:00:00 +0000\r\n` +
      `Message-ID: <${id}@desktop.example>\r\nSubject: ${subject}\r\n\r\n${body}`,
  );
}

/** Line ends made equal and nothing after the last line, as clients differ in both. */
export function comparable(message: Buffer | string): string {
  const text = typeof message === 'string' ? message : message.toString('latin1');
  return text.replaceAll('\r\n', '\n').trimEnd();
}
