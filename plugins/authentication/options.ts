// Owns the options of the plugin: names, defaults, and the sentence for a value that is wrong.
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { duration, integer, z } from '#plugin-api';

export const blockReasons = ['dmarc-reject', 'dmarc-quarantine', 'dmarc-permerror'] as const;
export type BlockReason = (typeof blockReasons)[number];

/** What becomes of a message when the DNS does not answer. */
export type DnsFailurePolicy = 'flag' | 'tempfail';

const idError = 'expected a name of letters, digits, dots and hyphens, at most 100 characters';
const authservId = z
  .string({ error: idError })
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/, { error: idError });

const serverError =
  'expected an IP address, with a port if it is not 53: 192.0.2.1, [2001:db8::1]:5353';
const server = z.string({ error: serverError }).refine(isServer, { error: serverError });

function isServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = isIP(v6 ?? '') === 6 || isIP(v4 ?? '') === 4;
  return address && Number(port) >= 1 && Number(port) <= 65_535;
}

const dnsSchema = z.strictObject({
  servers: z
    .array(server, { error: 'expected a list of servers' })
    .min(1, { error: 'expected at least one server' })
    .optional()
    .describe('DNS servers to ask; those of the system by default.'),
  timeout: duration('For all questions about a message together.', {
    fallback: '5s',
    min: '1ms',
    max: '1m',
  }),
  cache: duration('How long an answer is kept.', { fallback: '10m', min: '1ms', max: '24h' }),
});

const blockError = `expected a list of ${blockReasons.join(', ')}`;

export const optionsSchema = z
  .strictObject({
    authserv_id: authservId
      .optional()
      .describe('Name of this proxy in the field; the name of the machine by default.'),
    trust: z
      .array(authservId, { error: 'expected a list of names' })
      .optional()
      .describe('Fields of these servers stay, those of all others go; by default only ours go.'),
    block: z
      .array(z.enum(blockReasons, { error: blockError }), { error: blockError })
      .default([])
      .describe('Findings that block a message instead of flagging it.'),
    report: z
      .enum(['flags', 'scores'], { error: 'expected flags or scores' })
      .default('flags')
      .describe('How findings that block nothing are told: as flags, or as a score for spam.'),
    on_dns_failure: z
      .enum(['flag', 'tempfail'], { error: 'expected flag or tempfail' })
      .default('flag')
      .describe('When the DNS does not answer: deliver with a flag, or come back later.'),
    min_key_bits: integer('Shorter RSA keys are not accepted.', {
      min: 1024,
      max: 4096,
    }).default(1024),
    dns: dnsSchema.prefault({}),
  })
  .transform((options) => ({
    authservId: (options.authserv_id ?? machineName()).toLowerCase(),
    trust: options.trust?.map((id) => id.toLowerCase()),
    block: new Set<BlockReason>(options.block),
    report: options.report,
    onDnsFailure: options.on_dns_failure,
    minKeyBits: options.min_key_bits,
    dns: {
      servers: options.dns.servers,
      totalMs: options.dns.timeout,
      answerMs: options.dns.cache,
    },
  }));

export type AuthenticationOptions = z.output<typeof optionsSchema>;

/** Whatever the name of a machine may contain. */
function machineName(): string {
  const parsed = authservId.safeParse(hostname());
  return parsed.success ? parsed.data : 'localhost';
}
