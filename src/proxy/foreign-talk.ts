// Owns the recognition of who speaks something else on a POP3 port: a browser that was led here
// (cross-protocol attacks), or a program or load balancer that is set up for another port. Such a client
// would wait for an answer that it understands, or take ours for something else.
import { AppError } from '../base/errors.ts';

export type Foreign = 'HTTP' | 'PROXY protocol' | 'SMTP' | 'TLS';

/** RFC 8446 s.5.1: the type of a record with a handshake message. No command begins with it. */
const tlsHandshake = 0x16;

/** Version 2 of the header begins with these lines. */
const proxySignature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** A page can choose any other method by itself, but not how the line ends. */
const httpRequest =
  /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|CONNECT|TRACE|PATCH|PRI) \S|^[!#$%&'*+.^_`|~\w-]+ \S+ HTTP\/\d(?:\.\d)?$/;

const proxyHeader = /^PROXY (?:TCP4|TCP6|UNKNOWN)(?: |$)/;

/** RFC 5321 s.4.1.1.1, RFC 2033 s.4.1; and the greeting of a server that took us for a client. */
const smtpOpening = /^(?:EHLO|HELO|LHLO)(?: |$)|^220[ -]/i;

/** Of what comes without lines, by the octets that came first. */
export function foreignOctets(first: Buffer): Foreign | undefined {
  if (first[0] === tlsHandshake) return 'TLS';
  const start = first.subarray(0, proxySignature.length);
  return start.equals(proxySignature) ? 'PROXY protocol' : undefined;
}

/** `line` is the first that came: a browser cannot hide what its request begins with. */
export function foreignLine(line: Buffer): Foreign | undefined {
  const text = line.toString('latin1');
  if (httpRequest.test(text)) return 'HTTP';
  if (proxyHeader.test(text)) return 'PROXY protocol';
  return smtpOpening.test(text) ? 'SMTP' : undefined;
}

export function notPop3(spoken: Foreign): AppError {
  return new AppError('NOT_POP3', {
    fault: 'client',
    publicText: `this port is for POP3, and the client speaks ${spoken}`,
    responseCode: 'none',
    details: { spoken },
  });
}
