// Owns what one end of a connection is called by.

export interface Endpoint {
  /** IPv4-mapped IPv6 is written as IPv4. */
  readonly address: string;
  readonly port: number;
}

/** RFC 3986 s.3.2.2: without brackets the port of an IPv6 address reads as its end. */
export function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
