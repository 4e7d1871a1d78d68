// Owns how a server is written where there is one word for it: `host`, `host:port`, `[2001:db8::1]:995`.

/** What it leaves out is that of the route. */
export interface NamedServer {
  readonly host: string;
  readonly port: number | undefined;
}

const forms = [
  /^\[(?<host>[0-9A-Fa-f:.]{2,45})\](?::(?<port>\d{1,5}))?$/,
  /^(?<host>[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_.])?)(?::(?<port>\d{1,5}))?$/,
  // Without brackets, what stands behind the last colon is no port (RFC 3986 s.3.2.2).
  /^(?<host>(?=.*:.*:)[0-9A-Fa-f:.]{2,45})$/,
];

export function parseServer(text: string): NamedServer | undefined {
  for (const form of forms) {
    const { host, port } = form.exec(text)?.groups ?? {};
    if (host === undefined) continue;
    if (port === undefined) return { host, port };
    const number = Number(port);
    return number >= 1 && number <= 65_535 ? { host, port: number } : undefined;
  }
  return undefined;
}
