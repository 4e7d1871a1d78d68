// Owns the sample messages without attachments. All of them must arrive untouched: each is awkward
// for a proxy in its own way.
import { type Letter, letter, lines } from './sample-letter.ts';
import type { SampleMessage } from './sample-message.ts';

function arrives(name: string, description: string, parts: Omit<Letter, 'id'>): SampleMessage {
  return {
    name,
    description,
    expectation: { kind: 'delivered', action: 'pass', removedFields: [] },
    content: letter({ id: name, ...parts }),
  };
}

export function textSamples(): SampleMessage[] {
  return [...plainTexts(), ...awkwardLines(), ...headers(), ...octets()];
}

function plainTexts(): SampleMessage[] {
  return [
    arrives('plain-short', 'one line of text', {
      subject: 'Lunch?',
      body: lines('Twelve thirty at the usual place.'),
    }),
    arrives('plain-long', '4,000 lines of text', {
      subject: 'Minutes of the year',
      body: lines(...Array.from({ length: 4000 }, (_, i) => `Item ${i + 1}: moved and carried.`)),
    }),
    arrives('empty-body', 'a header and nothing else', { subject: 'Nothing to add', body: '' }),
    arrives('html-only', 'HTML without a text part', {
      subject: 'Web shop receipt',
      type: 'text/html; charset=utf-8',
      body: lines(
        '<!doctype html>',
        '<html><body><h1>Thank you</h1>',
        '<p>Your order &#8470; 1042 is on its way.</p></body></html>',
      ),
    }),
    arrives('spam-like', 'reads like spam', {
      subject: '!!! YOU HAVE WON !!! Act now, 100% free',
      from: 'Lottery Office <winner@prize.example>',
      body: lines('CONGRATULATIONS!!!', '', 'Claim your MILLIONS today. No risk. Limited offer.'),
    }),
    arrives('scanner-talk', 'talks about test viruses', {
      subject: 'How to test a virus scanner',
      body: lines(
        'The EICAR test file has 68 octets and begins with X5O!P%@AP.',
        'This is not it.',
      ),
    }),
  ];
}

function awkwardLines(): SampleMessage[] {
  return [
    arrives('dot-lines', 'lines that begin with dots', {
      subject: 'Dots',
      body: lines('.', '..', '...', '.hidden', 'in the middle', '. then a blank', '.'),
    }),
    arrives('dots-only', '1,000 lines of one dot', {
      subject: 'More dots',
      body: lines(...Array.from({ length: 1000 }, () => '.')),
    }),
    arrives('fake-replies', 'text that looks like POP3', {
      subject: 'A session, quoted',
      body: lines('+OK 120 octets', '..', '-ERR no such message', 'QUIT', '+OK', '.', 'DELE 1'),
    }),
    arrives('long-lines', 'lines of up to 20,000 octets', {
      subject: 'No line breaks',
      body: lines('x'.repeat(998), 'y'.repeat(20_000), `.${'z'.repeat(4095)}`, 'end'),
    }),
    arrives('blank-edges', 'blank lines and blanks at ends', {
      subject: 'White space counts',
      body: lines('', '', 'text with blanks   ', '\ttab\t', '   ', '', '', ''),
    }),
  ];
}

function headers(): SampleMessage[] {
  return [
    arrives('folded-header', 'folded and encoded header', {
      subject:
        '=?utf-8?B?R3LDvMOfZSBhdXM=?=\r\n =?utf-8?Q?_K=C3=B6ln_und_?=\r\n\t=?utf-8?Q?Z=C3=BCrich?=',
      fields: ['x-lower-case:no blank after the colon', 'X-Empty:', 'X-Blank-End: kept   '],
      body: lines('The header is the interesting part.'),
    }),
    arrives('utf8-header', 'raw UTF-8 in the header', {
      subject: 'Grüße aus Zürich ✓',
      from: 'Zoë <zoë@sender.example>',
      body: lines('RFC 6532 allows it.'),
    }),
    arrives('newsletter', 'list fields and a signature', {
      subject: '[list] Weekly digest',
      fields: [
        'List-Id: Digest <digest.list.example>',
        'List-Unsubscribe: <mailto:leave@list.example>',
        'DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=demo; h=from:subject;',
        ' bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=c2FtcGxl',
      ],
      body: lines('One digest a week.'),
    }),
    {
      ...arrives('forged-header', 'a forged header of the proxy', {
        subject: 'Trust me',
        fields: ['X-Scanned-By: somebody else', 'X-Postern-Verdict: checked by the sender'],
        body: lines('The sender claims that this was scanned.'),
      }),
      expectation: {
        kind: 'delivered',
        action: 'pass',
        removedFields: ['X-Scanned-By', 'X-Postern-Verdict'],
      },
    },
  ];
}

function octets(): SampleMessage[] {
  // NUL cannot travel by POP3; CR and LF only make line ends.
  const allOctets = Array.from({ length: 256 }, (_, i) => i).filter(
    (i) => ![0, 10, 13].includes(i),
  );
  return [
    arrives('latin1-8bit', '8-bit text in ISO 8859-1', {
      subject: 'Smorrebrod',
      type: 'text/plain; charset=iso-8859-1',
      body: Buffer.from(lines('Smørrebrød, crème brûlée, Käse.'), 'latin1'),
    }),
    arrives('every-octet', 'every octet that may travel', {
      subject: 'All of them',
      type: 'application/octet-stream',
      body: Buffer.concat([Buffer.from(allOctets), Buffer.from('\r\n')]),
    }),
    arrives('quoted-printable', 'quoted-printable text', {
      subject: 'Soft line breaks',
      encoding: 'quoted-printable',
      body: lines('Caf=C3=A9 =', '=2E', '=2Ehidden =3D visible=', ''),
    }),
  ];
}
