// Owns the recognition of a browser that was led to a POP3 port (cross-protocol attacks).

const httpRequest = /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|CONNECT|TRACE|PATCH|PRI) \S/;

/** `line` is the first that came: a browser cannot hide what its request begins with. */
export function isHttpRequest(line: Buffer): boolean {
  return httpRequest.test(line.toString('latin1', 0, 64));
}
