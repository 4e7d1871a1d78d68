// Owns the check-up of the plugin: whether each clamd answers, how old its signatures are, and whether its
// limits fit. No message is scanned.
import type { CheckServices, Diagnosis } from '#plugin-api';
import { Clamd } from './clamd.ts';
import { findConf } from './conf-file.ts';
import { limitsOf, warnings } from './limits.ts';
import type { ClamavOptions } from './options.ts';
import { addressName, resolvedAddress, type ServerOptions } from './server-options.ts';
import { type ClamdVersion, parseVersion } from './version.ts';

/** freshclam of a machine that is well gets new ones every day. */
const oldDays = 3;
const dayMs = 86_400_000;

export async function* check(
  options: ClamavOptions,
  services: CheckServices,
): AsyncGenerator<Diagnosis, void, void> {
  const asked = options.servers.map((server) => diagnose(server, options, services));
  for (const diagnoses of asked) yield* await diagnoses;
}

async function diagnose(
  given: ServerOptions,
  { connectTimeoutMs, scanTimeoutMs }: ClamavOptions,
  { clock, resolvePath }: CheckServices,
): Promise<Diagnosis[]> {
  const address = resolvedAddress(given.address, resolvePath);
  const name = addressName(address);
  const clamd = await Clamd.create(address, connectTimeoutMs);
  const answer = await clamd.version().catch((error: unknown) => error);
  clamd.close();
  const version = typeof answer === 'string' ? parseVersion(answer) : undefined;
  if (version === undefined) return [notThere(name, answer)];
  const clamdConf = given.clamdConf === undefined ? undefined : resolvePath(given.clamdConf);
  const file = await findConf({ address, clamdConf });
  return [
    { level: 'ok', found: `clamd at ${name} is ClamAV ${version.engine}` },
    signatures(version, clock.nowMs()),
    ...warnings(limitsOf(given, file), file, scanTimeoutMs).map(({ text, fields }) => ({
      level: 'warn' as const,
      found: text,
      advice: Object.entries(fields)
        .map(([key, value]) => `${key}: ${value}`)
        .join(', '),
    })),
  ];
}

function notThere(name: string, answer: unknown): Diagnosis {
  const reason = answer instanceof Error ? answer.message : 'its answer is not one of ClamAV';
  return {
    level: 'fail',
    found: `clamd at ${name} does not answer: ${reason}`,
    advice:
      'Start clamd (systemctl status clamav-daemon), and see that its socket is open to the user of the service; until then messages are deferred.',
  };
}

function signatures({ signatures, databaseTimeMs }: ClamdVersion, nowMs: number): Diagnosis {
  if (signatures === undefined || databaseTimeMs === undefined) {
    return {
      level: 'warn',
      found: 'clamd has no official signatures',
      advice: 'Start freshclam (systemctl status clamav-freshclam).',
    };
  }
  const ageDays = Math.floor((nowMs - databaseTimeMs) / dayMs);
  const made = new Date(databaseTimeMs).toISOString().slice(0, 10);
  const found = `signatures ${signatures} of ${made}`;
  if (ageDays <= oldDays) return { level: 'ok', found };
  return {
    level: 'warn',
    found: `${found}, ${ageDays} days old`,
    advice: 'See why freshclam brings no new ones (systemctl status clamav-freshclam).',
  };
}
