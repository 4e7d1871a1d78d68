// Owns every protocol number, each with its source.

/**
 * Longest command line accepted from a client, CRLF included. RFC 2449 s.4 asks for 255 octets;
 * more is accepted because some clients send tokens as passwords.
 */
export const commandLineMaxOctets = 2048;

/** Longest SASL continuation line. RFC 5034 sets no limit (12288 is RFC 4954, SMTP). */
export const saslLineMaxOctets = 65_536;

/** RFC 4616 s.2: names have up to 255 octets. */
export const userMaxOctets = 255;

/** Longest password accepted; access tokens have a few thousand octets. */
export const passwordMaxOctets = 16_384;

/** Longest first line of a reply that Postern sends, CRLF included: RFC 1939 s.3, RFC 2449 s.4. */
export const replyLineMaxOctets = 512;

/** Longest reply or listing line accepted from an upstream; eight times what RFC 1939 s.3 allows. */
export const upstreamLineMaxOctets = 4096;

/**
 * Longest UIDL accepted. RFC 1939 s.7 says 70; some servers send more and clients cope. What is longer
 * than this does not fit a reply to `UIDL n`.
 */
export const uidlMaxOctets = 480;

/** Most CAPA lines accepted from an upstream. */
export const capabilityMaxLines = 200;
