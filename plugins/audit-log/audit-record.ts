// Owns what stands in the audit log about an event. Every field is named here: whatever else an
// observation may come to carry stays out until somebody decides about it.
import type {
  LessonAccount,
  LessonResult,
  MessageFacts,
  NamedVerdict,
  Observation,
  ScoreReason,
  SessionFacts,
  SpamAssessment,
  UpstreamFacts,
  Verdict,
} from '#plugin-api';

const longestText = 1000;
const mostPaths = 100;

/** What a record is made of, whatever the kind of event. */
interface EventFacts {
  readonly kind: Observation['kind'];
  readonly session?: SessionFacts;
  readonly message?: MessageFacts;
  readonly command?: string;
  readonly user?: string | undefined;
  readonly upstream?: UpstreamFacts | undefined;
  readonly octets?: number;
  readonly sha256?: string;
  readonly verdicts?: readonly NamedVerdict[];
  readonly spam?: SpamAssessment | undefined;
  readonly action?: string;
  readonly source?: string;
  readonly account?: LessonAccount | undefined;
  readonly as?: string;
  readonly weight?: string;
  readonly uidl?: string | undefined;
  readonly outcomes?: readonly LessonResult[];
  readonly quarantineId?: string | undefined;
  readonly code?: string;
  readonly reason?: string;
  readonly deleted?: readonly string[];
  readonly durationMs?: number;
}

/** The same of a verdict. */
interface VerdictFacts {
  readonly kind: Verdict['kind'];
  readonly label?: string;
  readonly finding?: string;
  readonly part?: string;
  readonly evidence?: string;
  readonly paths?: readonly string[];
  readonly reason?: string;
  readonly logOdds?: number;
  readonly reasons?: readonly ScoreReason[];
}

/** The text of a JSON object on one line. Fields that an event does not have are left out of it. */
export function toAuditRecord(observation: Observation, time: Date): string {
  const facts: EventFacts = observation;
  const { session, message, durationMs } = facts;
  const client = session?.client;
  const { destination, via } = client ?? {};
  const account = message?.account;
  const upstream = account === undefined ? facts.upstream : account.upstream;
  // One shape for all: a record that is put together of several costs twice as much.
  const record = {
    time: time.toISOString(),
    event: facts.kind,
    session: session?.id,
    client: client?.address,
    clientPort: client?.port,
    destination: destination && addressOf({ host: destination.address, port: destination.port }),
    via: via && addressOf({ host: via.address, port: via.port }),
    listener: client?.listener,
    tls: client?.tls?.protocol,
    serverName: client?.tls?.serverName,
    command: facts.command,
    user: account?.user ?? facts.account?.user ?? facts.user,
    server: facts.account?.upstreamHost,
    as: facts.as,
    weight: facts.weight,
    route: account?.route,
    upstream: upstream && addressOf(upstream),
    upstreamTls: upstream?.tls?.protocol,
    number: message?.number,
    uidl: message?.uidl ?? facts.uidl,
    listed: message?.listedOctets,
    octets: facts.octets,
    sha256: facts.sha256,
    verdicts: facts.verdicts?.map(verdictFields),
    spam: facts.spam && spamFields(facts.spam),
    action: facts.action,
    source: facts.source,
    outcomes: facts.outcomes?.map(outcomeFields),
    quarantineId: facts.quarantineId,
    code: facts.code,
    reason: facts.reason,
    deleted: facts.deleted,
    durationMs: durationMs === undefined ? undefined : Math.round(durationMs),
  };
  return escapeInvisible(JSON.stringify(record));
}

function addressOf({ host, port }: Pick<UpstreamFacts, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function verdictFields({ plugin, engine, verdict, action, isShadow }: NamedVerdict): object {
  const facts: VerdictFacts = verdict;
  return {
    plugin,
    engine: bounded(engine),
    kind: facts.kind,
    label: bounded(facts.label),
    finding: bounded(facts.finding),
    part: bounded(facts.part),
    evidence: bounded(facts.evidence),
    paths: facts.paths?.slice(0, mostPaths).map((path) => bounded(path)),
    reason: bounded(facts.reason),
    logOdds: rounded(facts.logOdds),
    reasons: facts.reasons?.map(({ name, logOdds }) => ({ name, logOdds: rounded(logOdds) })),
    action,
    shadow: isShadow ? true : undefined,
  };
}

function outcomeFields({ plugin, outcome }: LessonResult): object {
  const facts: { readonly kind: string; readonly reason?: string; readonly code?: string } =
    outcome;
  return { plugin, kind: facts.kind, reason: bounded(facts.reason), code: facts.code };
}

/** The parts stand among the verdicts, but for their weights. */
function spamFields({ result, probability, logOdds, parts, decidedBy }: SpamAssessment): object {
  return {
    result,
    probability: Number(probability.toPrecision(6)),
    logOdds: rounded(logOdds),
    weights: Object.fromEntries(parts.map(({ plugin, weight }) => [plugin, weight])),
    decidedBy,
  };
}

function rounded(points: number | undefined): number | undefined {
  return points === undefined ? undefined : Math.round(points * 1000) / 1000;
}

/** What a plugin says may repeat what a sender wrote: no message makes a line of any length. */
function bounded(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= longestText) return text;
  return `${text.slice(0, longestText)}…`;
}

const beyondAscii = /[^ -~]/;

/**
 * JSON escapes only C0. DEL, C1, bidi controls and separators would let a sender's text move the
 * cursor or turn the line round where somebody reads the log on a terminal.
 */
function escapeInvisible(json: string): string {
  if (!beyondAscii.test(json)) return json;
  return json.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
