// Owns the recognition of a browser that was led to a POP3 port (cross-protocol attacks).

/** A page can choose any other method by itself, but not how the line ends. */
const httpRequest =
  /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|CONNECT|TRACE|PATCH|PRI) \S|^[!#$%&'*+.^_`|~\w-]+ \S+ HTTP\/\d(?:\.\d)?$/;

/** `line` is the first that came: a browser cannot hide what its request begins with. */
export function isHttpRequest(line: Buffer): boolean {
  return httpRequest.test(line.toString('latin1'));
}
