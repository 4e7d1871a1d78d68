// Owns wrong configurations and the one line that each of them must be answered with.

export interface BadConfiguration {
  readonly name: string;
  readonly yaml: string;
  /** Without the name of the file in front. */
  readonly answers: readonly string[];
}

const listener = '  - {name: pop3, port: 1110, tls: none}\n';
const route = '  - {name: default, upstream: {host: pop.example.net}}\n';
/** Five lines; more keys may follow. */
export const goodYaml = `# comment\nlisteners:\n${listener}routes:\n${route}`;

const pin = 'sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

function withListener(yaml: string): string {
  return `listeners:\n${yaml}routes:\n${route}`;
}

function withRoute(yaml: string): string {
  return `listeners:\n${listener}routes:\n${yaml}`;
}

export const badConfigurations: readonly BadConfiguration[] = [
  {
    name: 'a weight of a plugin that is not in the chain',
    yaml: `${goodYaml}plugins: [{use: spam}]\nspam: {weights: {spam: 0.5, rspmd: 0.5}}\n`,
    answers: ['7:36: spam.weights.rspmd: expected the name of a plugin of the chain (spam)'],
  },
  {
    name: 'a weight that is no number',
    yaml: `${goodYaml}spam: {weights: {spam: heavy}}\n`,
    answers: ['6:24: spam.weights.spam: expected a number from 0 to 10, got "heavy"'],
  },
  {
    name: 'a PROXY protocol from nobody',
    yaml: withListener(
      '  - {name: pop3, port: 1110, tls: none, proxy_protocol: {others: allowed}}\n',
    ),
    answers: ['2:41: listeners[0].proxy_protocol.from: missing; expected a list of networks'],
  },
  {
    name: 'a PROXY protocol on diverted connections',
    yaml: withListener(
      '  - {name: pop3, port: 1110, tls: none, intercept: redirect, proxy_protocol: {from: [192.0.2.1]}}\n',
    ),
    answers: ['2:52: listeners[0].intercept: expected no intercept with proxy_protocol'],
  },
  {
    name: 'TLS of a load balancer where TLS ends here',
    yaml: withListener(
      '  - {name: pop3, port: 1110, tls: stls, proxy_protocol: {from: [192.0.2.1], tls: trusted}}\n',
    ),
    answers: [
      '2:82: listeners[0].proxy_protocol.tls: expected ignored with tls: stls, since TLS ends at this listener',
    ],
  },
  {
    name: 'no failed login is free',
    yaml: `${goodYaml}logins:\n  failures_per_address: 0\n`,
    answers: [
      '7:25: logins.failures_per_address: expected a whole number from 1 to 1000000, or off, got 0',
    ],
  },
  {
    name: 'the longest delay is shorter than the first',
    yaml: `${goodYaml}logins:\n  first_delay: 5s\n  max_delay: 1s\n`,
    answers: ['8:14: logins.max_delay: expected a duration that is not shorter than first_delay'],
  },
  {
    name: 'a list at the top',
    yaml: '- listeners\n',
    answers: ['1:1: expected a mapping, got a list'],
  },
  {
    name: 'mere text',
    yaml: 'hello\n',
    answers: ['1:1: expected a mapping, got "hello"'],
  },
  {
    name: 'nothing but comments',
    yaml: '# one\n\n  # two\n',
    answers: [' empty; expected at least listeners and routes'],
  },
  {
    name: 'a duplicate key',
    yaml: `${goodYaml}log: {level: info}\nlog: {level: debug}\n`,
    answers: ['7:1: duplicated mapping key'],
  },
  {
    name: 'broken indentation',
    yaml: `${goodYaml}log:\n    level: info\n  format: json\n`,
    answers: ['8:3: bad indentation of a mapping entry'],
  },
  {
    name: 'an alias bomb',
    yaml: `a: &a [x, x]\nb: &b [${Array(30).fill('*a').join(', ')}]\n${goodYaml}`,
    answers: ['2:89: aliases exceeded maxAliases (20)'],
  },
  {
    name: 'no routes',
    yaml: `listeners:\n${listener}`,
    answers: ['1:1: routes: missing; expected a list of routes'],
  },
  {
    name: 'an empty list of listeners',
    yaml: `listeners: []\nroutes:\n${route}`,
    answers: ['1:1: listeners: expected at least one listener, got a list'],
  },
  {
    name: 'a misspelt key at the top',
    yaml: `${goodYaml}limit: {max_sessions: 5}\n`,
    answers: ["6:1: limit: unknown key 'limit'; did you mean 'limits'?"],
  },
  {
    name: 'an unknown key that resembles none',
    yaml: `${goodYaml}colour: blue\n`,
    answers: ["6:1: colour: unknown key 'colour'"],
  },
  {
    name: 'a misspelt key of a plugin',
    yaml: `${goodYaml}plugins:\n  - use: clamav\n    timout: 5s\n`,
    answers: ["8:5: plugins[0].timout: unknown key 'timout'; did you mean 'timeout'?"],
  },
  {
    name: 'a misspelt key deep inside',
    yaml: `${goodYaml}`.replace('host: pop', 'hots: pop'),
    answers: [
      '5:21: routes[0].upstream.host: missing; expected a host name or an IP address, or from, table, provider or auth_http',
      "5:32: routes[0].upstream.hots: unknown key 'hots'; did you mean 'host'?",
    ],
  },
  {
    name: 'a word as port',
    yaml: withListener('  - {name: a, port: pop3, tls: none}\n'),
    answers: ['2:21: listeners[0].port: expected a whole number from 0 to 65535, got "pop3"'],
  },
  {
    name: 'a port out of range in the second listener',
    yaml: withListener(`${listener}  - name: b\n    tls: none\n    port: 70000\n`),
    answers: ['5:11: listeners[1].port: expected a whole number from 0 to 65535, got 70000'],
  },
  {
    name: 'a port with a fraction',
    yaml: withListener('  - {name: a, port: 1.5, tls: none}\n'),
    answers: ['2:21: listeners[0].port: expected a whole number from 0 to 65535, got 1.5'],
  },
  {
    name: 'a listener without a port',
    yaml: withListener('  - {name: a, tls: none}\n'),
    answers: [
      '2:5: listeners[0].port: missing; expected a whole number from 0 to 65535, or a socket',
    ],
  },
  {
    name: 'two listeners on one inherited socket',
    yaml: withListener(
      '  - {name: a, socket: pop3, tls: none}\n  - {name: b, socket: pop3, tls: none}\n',
    ),
    answers: [
      '3:23: listeners[1].socket: expected a socket of its own; listeners[0] takes it already',
    ],
  },
  {
    name: 'an unknown kind of interception',
    yaml: withListener('  - {name: a, port: 1110, tls: none, intercept: dnat}\n'),
    answers: ['2:49: listeners[0].intercept: expected tproxy or redirect, got "dnat"'],
  },
  {
    name: 'a listener without tls',
    yaml: withListener('  - name: a\n    port: 1110\n'),
    answers: ['2:5: listeners[0].tls: missing; expected none, stls or implicit'],
  },
  {
    name: 'an unknown kind of tls',
    yaml: withListener('  - {name: a, port: 1110, tls: starttls}\n'),
    answers: ['2:32: listeners[0].tls: expected none, stls or implicit, got "starttls"'],
  },
  {
    name: 'a host name to listen on',
    yaml: withListener('  - {name: a, address: localhost, port: 1110, tls: none}\n'),
    answers: [
      '2:24: listeners[0].address: expected an IP address such as 127.0.0.1 or "::", got "localhost"',
    ],
  },
  {
    name: 'two listeners of one name',
    yaml: withListener(`${listener}  - {name: pop3, port: 1111, tls: none}\n`),
    answers: ['3:12: listeners[1].name: expected a unique name; listeners[0] is called pop3 too'],
  },
  {
    name: 'two listeners on one port',
    yaml: withListener(`${listener}  - {name: b, port: 1110, tls: none}\n`),
    answers: ['3:21: listeners[1].port: expected a free port; listeners[0] takes it already'],
  },
  {
    name: 'old TLS for everybody',
    yaml: withListener(
      '  - {name: a, port: 1110, tls: stls, tls_profile: legacy}\n  - {name: b, port: 1111, tls: stls, tls_profile: legacy, networks: [192.0.2.0/24, 0.0.0.0/0]}\n',
    ),
    answers: [
      '2:51: listeners[0].tls_profile: expected networks beside it: old TLS is for named clients only',
      '3:59: listeners[1].networks: expected named networks, not all addresses, with tls_profile: legacy',
    ],
  },
  {
    name: 'old TLS that is not old, or no TLS',
    yaml: withListener(
      '  - {name: a, port: 1110, tls: none, tls_profile: legacy, networks: [192.0.2.1], min_version: TLSv1.2}\n',
    ),
    answers: [
      '2:51: listeners[0].tls_profile: expected tls: stls or tls: implicit together with this profile',
      '2:95: listeners[0].min_version: expected no min_version with tls_profile: legacy, which is TLS 1.0',
    ],
  },
  {
    name: 'plain logins where there are none, or nothing else',
    yaml: withListener(
      '  - {name: a, port: 1, tls: none, plain_login: refused}\n  - {name: b, port: 2, tls: implicit, plain_login: [192.0.2.1]}\n  - {name: c, port: 3, tls: stls, plain_login: maybe}\n',
    ),
    answers: [
      '2:48: listeners[0].plain_login: expected allowed or networks: with tls: none nobody could log in',
      '3:39: listeners[1].plain_login: expected no plain_login with tls: implicit, which encrypts all there is',
      '4:48: listeners[2].plain_login: expected allowed, refused or a list of networks, got "maybe"',
    ],
  },
  {
    name: 'a certificate without TLS',
    yaml: withListener(
      '  - name: a\n    port: 1110\n    tls: none\n    certificate: {cert: a, key: b}\n',
    ),
    answers: [
      '5:5: listeners[0].certificate: expected no certificate on a listener with tls: none',
    ],
  },
  {
    name: 'a banner that looks like APOP',
    yaml: withListener('  - {name: a, port: 1110, tls: none, banner: "ready <1.2@x>"}\n'),
    answers: [
      '2:46: listeners[0].banner: expected printable ASCII without < and >, at most 400 characters, got "ready <1.2@x>"',
    ],
  },
  {
    name: 'a route with two sources of its server',
    yaml: withRoute('  - {name: r, upstream: {host: a.example, from: login_name}}\n'),
    answers: ['4:49: routes[0].upstream.from: expected only one of host and from'],
  },
  {
    name: 'a table with a server that is none',
    yaml: withRoute("  - {name: r, upstream: {table: {a.example: 'b.example:0'}}}\n"),
    answers: [
      '4:45: routes[0].upstream.table["a.example"]: expected a server such as pop.example.net or pop.example.net:995',
    ],
  },
  {
    name: 'patterns for login names that cannot be',
    yaml: withRoute(
      "  - {name: r, login_name: {rewrite: [{replace: {pattern: '(', with: a}}, {replace: {pattern: a, with: $1}}, {replace: {pattern: a, with: $}}]}, upstream: {host: a.example}}\n",
    ),
    answers: [
      '4:58: routes[0].login_name.rewrite[0].replace.pattern: expected a regular expression of RE2: error parsing regexp: missing closing ): `(`',
      '4:103: routes[0].login_name.rewrite[1].replace.with: expected groups of the pattern, which has 0',
      '4:138: routes[0].login_name.rewrite[2].replace.with: expected printable ASCII; $1 to $9 stand for groups of the pattern, $$ for a dollar sign',
    ],
  },
  {
    name: 'two changes of login names in one',
    yaml: withRoute(
      '  - {name: r, login_name: {rewrite: [{lower_case: all, strip_domain: a.example}]}, upstream: {host: a.example}}\n',
    ),
    answers: [
      '4:38: routes[0].login_name.rewrite[0]: expected one of lower_case, strip_domain, append_domain and replace, such as {strip_domain: example.org}',
    ],
  },
  {
    name: 'a domain that is a login name',
    yaml: withRoute('  - {name: r, domains: [ann@a.example], upstream: {host: a.example}}\n'),
    answers: [
      '4:25: routes[0].domains[0]: expected a name such as example.org or *.example.org, got "ann@a.example"',
    ],
  },
  {
    name: 'a listener whose only route waits for a name that nobody can bring',
    yaml: withRoute('  - {name: r, server_names: [a.example], upstream: {host: a.example}}\n'),
    answers: [
      '2:5: listeners[0]: expected a route for listener pop3; r waits for what no session of it has',
    ],
  },
  {
    name: 'a listener whose only route is for diverted connections',
    yaml: withRoute('  - {name: r, upstream: {from: destination}}\n'),
    answers: [
      '2:5: listeners[0]: expected a route for listener pop3; r waits for what no session of it has',
    ],
  },
  {
    name: 'a listener whose only route waits for where diverted clients wanted to go',
    yaml: withRoute('  - {name: r, destinations: [192.0.2.0/24], upstream: {host: a.example}}\n'),
    answers: [
      '2:5: listeners[0]: expected a route for listener pop3; r waits for what no session of it has',
    ],
  },
  {
    name: 'a listener without a route',
    yaml: `listeners:\n${listener}  - {name: lost, port: 1111, tls: none}\nroutes:\n  - {name: r, listeners: [pop3], upstream: {host: a.example}}\n`,
    answers: ['3:5: listeners[1]: expected a route for listener lost'],
  },
  {
    name: 'a route of a listener that does not exist',
    yaml: withRoute(
      '  - {name: all, upstream: {host: a.example}}\n  - {name: r, listeners: [pop3, imap], upstream: {host: a.example}}\n',
    ),
    answers: ['5:33: routes[1].listeners[1]: expected the name of a listener (pop3)'],
  },
  {
    name: 'an upstream without TLS that was not asked for',
    yaml: withRoute('  - name: r\n    upstream:\n      host: a.example\n      tls: none\n'),
    answers: [
      '7:12: routes[0].upstream.tls: expected stls or implicit: passwords would travel unencrypted; set allow_plaintext_login: true if that is wanted',
    ],
  },
  {
    name: 'a login method that does not exist',
    yaml: withRoute('  - {name: r, upstream: {host: a.example, login: plain}}\n'),
    answers: [
      '4:50: routes[0].upstream.login: expected auto, scram-sha-256, scram-sha-1, cram-md5, auth-plain, auth-login, user-pass, apop, xoauth2 or oauthbearer, got "plain"',
    ],
  },
  {
    name: 'auto in a list of login methods',
    yaml: withRoute('  - {name: r, upstream: {host: a.example, login: [apop, auto]}}\n'),
    answers: [
      '4:57: routes[0].upstream.login[1]: expected scram-sha-256, scram-sha-1, cram-md5, auth-plain, auth-login, user-pass, apop, xoauth2 or oauthbearer, got "auto"',
    ],
  },
  {
    name: 'an empty list of login methods',
    yaml: withRoute('  - {name: r, upstream: {host: a.example, login: []}}\n'),
    answers: ['4:43: routes[0].upstream.login: expected at least one login method, got a list'],
  },
  {
    name: 'a login method that sends the password, without TLS',
    yaml: withRoute(
      '  - {name: r, upstream: {host: a.example, tls: none, login: [cram-md5, auth-login]}}\n',
    ),
    answers: [
      '4:48: routes[0].upstream.tls: expected stls or implicit: passwords would travel unencrypted; set allow_plaintext_login: true if that is wanted',
    ],
  },
  {
    name: 'an upstream that is a URL',
    yaml: withRoute('  - {name: r, upstream: {host: "pop3://a.example/"}}\n'),
    answers: [
      '4:32: routes[0].upstream.host: expected a host name or an IP address, got "pop3://a.example/"',
    ],
  },
  {
    name: 'an upstream port of 0',
    yaml: withRoute('  - {name: r, upstream: {host: a.example, port: 0}}\n'),
    answers: ['4:49: routes[0].upstream.port: expected a whole number from 1 to 65535, got 0'],
  },
  {
    name: 'a TLS version of the past',
    yaml: withRoute('  - {name: r, upstream: {host: a.example, min_version: TLSv1}}\n'),
    answers: ['4:56: routes[0].upstream.min_version: expected TLSv1.2 or TLSv1.3, got "TLSv1"'],
  },
  {
    name: 'a duration without a unit',
    yaml: `${goodYaml}limits:\n  client_idle: 600\n`,
    answers: ['7:16: limits.client_idle: expected a duration from 1s to 1d, such as 10m, got 600'],
  },
  {
    name: 'a duration that is too long',
    yaml: `${goodYaml}plugins:\n  - {use: clamav, timeout: 2h}\n`,
    answers: [
      '7:28: plugins[0].timeout: expected a duration from 10ms to 1h, such as 30s, got "2h"',
    ],
  },
  {
    name: 'a size in an unknown unit',
    yaml: `${goodYaml}limits: {max_message: 10 MiB}\n`,
    answers: [
      '6:23: limits.max_message: expected a size from 1KB to 64GB, such as 512MB, got "10 MiB"',
    ],
  },
  {
    name: 'yes instead of true',
    yaml: withRoute('  - {name: r, upstream: {host: a.example, allow_plaintext_login: yes}}\n'),
    answers: ['4:66: routes[0].upstream.allow_plaintext_login: expected true or false, got "yes"'],
  },
  {
    name: 'two plugins of one name',
    yaml: `${goodYaml}plugins:\n  - use: clamav\n  - use: ./clamav.ts\n`,
    answers: [
      '8:5: plugins[1]: expected a unique name; plugins[0] is called clamav too, so give this one a name of its own',
    ],
  },
  {
    name: 'a plugin that is no name and no path',
    yaml: `${goodYaml}plugins:\n  - use: Clam AV\n`,
    answers: [
      '7:10: plugins[0].use: expected the name of a bundled plugin or an npm package, or a path starting with ./, ../ or /, got "Clam AV"',
    ],
  },
  {
    name: 'plugins as a mapping',
    yaml: `${goodYaml}plugins:\n  clamav: {}\n`,
    answers: ['6:1: plugins: expected a list of plugins, got a mapping'],
  },
  {
    name: 'a policy that does not exist',
    yaml: `${goodYaml}plugins:\n  - {use: clamav, on_error: ignore}\n`,
    answers: ['7:29: plugins[0].on_error: expected defer or pass, got "ignore"'],
  },
  {
    name: 'a limit of zero',
    yaml: `${goodYaml}limits: {login_attempts: 0}\n`,
    answers: ['6:26: limits.login_attempts: expected a whole number from 1 to 100, got 0'],
  },
  {
    name: 'a folder that is a list',
    yaml: `${goodYaml}quarantine:\n  folder: [a]\n`,
    answers: ['7:3: quarantine.folder: expected a path, got a list'],
  },
  {
    name: 'several mistakes, answered from top to bottom',
    yaml: `log: {level: loud}\n${withListener('  - {name: a b, port: -1, tls: none}\n')}`,
    answers: [
      '1:14: log.level: expected debug, info, warn or error, got "loud"',
      '3:12: listeners[0].name: expected a name of letters, digits, dot, hyphen and underscore, at most 64 characters, got "a b"',
      '3:23: listeners[0].port: expected a whole number from 0 to 65535, got -1',
    ],
  },
  {
    name: 'pins that would not be looked at, and one that is none',
    yaml: withRoute(
      `  - {name: a, upstream: {host: a.example, verify: pin}}
  - {name: b, upstream: {host: a.example, verify: none, pins: [${pin}]}}
  - {name: c, upstream: {host: a.example, tls: none, allow_plaintext_login: true, pins: [${pin}]}}
  - {name: d, upstream: {host: a.example, pins: [sha256/abc]}}
`,
    ),
    answers: [
      '4:51: routes[0].upstream.verify: expected pins with verify: pin',
      '5:51: routes[1].upstream.verify: expected full or pin: with none, pins would not be looked at',
      '6:83: routes[2].upstream.pins: expected no pins with tls: none',
      '7:50: routes[3].upstream.pins[0]: expected the digest of a public key such as sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, got "sha256/abc"',
    ],
  },
  {
    name: 'a host that is listed twice',
    yaml: withRoute('  - {name: a, upstream: {host: [a.example, b.example, a.example]}}\n'),
    answers: ['4:26: routes[0].upstream.host: expected each host once'],
  },
  {
    name: 'no host in a list',
    yaml: withRoute('  - {name: a, upstream: {host: []}}\n'),
    answers: [
      '4:26: routes[0].upstream.host: expected a host name or an IP address, or a list of them, got a list',
    ],
  },
  {
    name: 'targets that are neither names nor networks',
    yaml: `listeners:\n${listener}routes:\n  - name: default\n    upstream: {host: pop.example.net}\n    targets: {allow: [pop.example.net, '*.*.net', 10.0.0.0/8, 10.0.0.0/33, 127.1], ports: []}\n`,
    answers: [
      '6:40: routes[0].targets.allow[1]: expected a host name, a wildcard such as "*.example.net", "*" for any name, or a network such as 192.0.2.0/24, got "*.*.net"',
      '6:63: routes[0].targets.allow[3]: expected a host name, a wildcard such as "*.example.net", "*" for any name, or a network such as 192.0.2.0/24, got "10.0.0.0/33"',
      '6:76: routes[0].targets.allow[4]: expected a host name, a wildcard such as "*.example.net", "*" for any name, or a network such as 192.0.2.0/24, got 127.1',
      '6:84: routes[0].targets.ports: expected at least one port, got a list',
    ],
  },
  {
    name: 'pages for mail programs of something that is no domain',
    yaml: `${withListener('  - {name: a, port: 1, tls: stls, announce: {host: mail.example.net}}\n')}autoconfig:
  port: 8110
  domains:
    - {names: [example, "*.example.net"], outgoing: {host: smtp.example.net}}
`,
    answers: [
      '8:16: autoconfig.domains[0].names[0]: expected a domain such as example.net; in other scripts its form for DNS, xn--..., got "example"',
      '8:25: autoconfig.domains[0].names[1]: expected a domain such as example.net; in other scripts its form for DNS, xn--..., got "*.example.net"',
    ],
  },
  {
    name: 'pages for mail programs that name the wrong listeners',
    yaml: `listeners:
  - {name: a, port: 0, tls: stls, announce: {host: mail.example.net}}
  - {name: b, port: 1, tls: none}
  - {name: c, port: 2, tls: none, intercept: redirect, announce: {host: mail.example.net}}
routes:
${route}autoconfig:
  port: 8110
  certificate_of: b
  domains:
    - {names: [example.net, Example.net], listeners: [a, b, c, d], outgoing: {host: smtp.example.net}}
`,
    answers: [
      '9:19: autoconfig.certificate_of: expected the name of a listener with TLS',
      '11:29: autoconfig.domains[0].names[1]: expected each domain once, got example.net again',
      '11:55: autoconfig.domains[0].listeners[0]: expected announce.port of listener a: its own port is another one at each start',
      '11:58: autoconfig.domains[0].listeners[1]: expected announce.host of listener b: mail programs need a name to connect to',
      '11:61: autoconfig.domains[0].listeners[2]: expected another listener: c takes only connections that a firewall diverts',
      '11:64: autoconfig.domains[0].listeners[3]: expected the name of a listener (a, b, c)',
    ],
  },
  {
    name: 'pages for mail programs without a listener that they could be told',
    yaml: `${goodYaml}autoconfig:
  port: 8110
  domains: [{names: [example.net], outgoing: {host: smtp.example.net}}]
`,
    answers: [
      '8:13: autoconfig.domains[0]: expected a listener with TLS and announce.host, which mail programs can be told',
    ],
  },
  {
    name: 'terminal sequences in a key and a value',
    yaml: `${goodYaml}"\\e[31mred": 1\nnotice: {contact: "\\e[2J"}\n`,
    answers: [
      '6:1: ["\\u001b[31mred"]: unknown key \'\\u001b[31mred\'',
      '7:19: notice.contact: expected text on one line, at most 200 characters, got "\\u001b[2J"',
    ],
  },
  {
    name: 'a password of the wrong type, which is not repeated',
    yaml: withListener(
      '  - name: a\n    port: 1\n    tls: stls\n    certificate: {cert: a, key: b, passphrase: 31337}\n',
    ),
    answers: [
      '5:48: listeners[0].certificate.passphrase: expected text, {env: NAME} or {file: path}',
    ],
  },
];
