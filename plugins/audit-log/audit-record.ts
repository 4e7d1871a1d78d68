// Owns what stands in the audit log about an event. Every field is named here: whatever else an
// observation may come to carry stays out until somebody decides about it.
import type {
  ClientFacts,
  MessageFacts,
  NamedVerdict,
  Observation,
  UpstreamFacts,
  Verdict,
} from '#plugin-api';

const longestText = 1000;
const mostPaths = 100;

/** Undefined fields are left out of the line. */
type Fields = Readonly<Record<string, unknown>>;

/** The text of a JSON object on one line. */
export function toAuditRecord(observation: Observation, time: Date): string {
  const { kind, session } = observation;
  const record = {
    time: time.toISOString(),
    event: kind,
    session: session.id,
    ...clientFields(session.client),
    ...eventFields(observation),
  };
  return escapeInvisible(JSON.stringify(record));
}

function eventFields(observation: Observation): Fields {
  switch (observation.kind) {
    case 'sessionOpened':
      return {};
    case 'loginAccepted':
    case 'loginRefused':
      return {
        user: observation.user,
        ...upstreamFields(observation.upstream),
        code: observation.kind === 'loginRefused' ? observation.code : undefined,
        durationMs: Math.round(observation.durationMs),
      };
    case 'messageJudged':
      return {
        ...messageFields(observation.message, observation.command),
        octets: observation.octets,
        sha256: observation.sha256,
        verdicts: observation.verdicts.map(verdictFields),
        action: observation.action,
        quarantineId: observation.quarantineId,
        durationMs: Math.round(observation.durationMs),
      };
    case 'messageDelivered':
      return {
        ...messageFields(observation.message, observation.command),
        octets: observation.octets,
        action: observation.action,
        source: observation.source,
        quarantineId: observation.quarantineId,
        durationMs: Math.round(observation.durationMs),
      };
    case 'messageRefused':
    case 'messageBroken':
      return {
        ...messageFields(observation.message, observation.command),
        code: observation.code,
        durationMs: Math.round(observation.durationMs),
      };
    case 'sessionEnded':
      return {
        user: observation.user,
        reason: observation.reason,
        deleted: observation.deleted,
        durationMs: Math.round(observation.durationMs),
      };
  }
}

function clientFields(client: ClientFacts): Fields {
  return {
    client: client.address,
    clientPort: client.port,
    listener: client.listener,
    tls: client.tls?.protocol,
  };
}

function upstreamFields(upstream: UpstreamFacts | undefined): Fields {
  if (upstream === undefined) return {};
  const host = upstream.host.includes(':') ? `[${upstream.host}]` : upstream.host;
  return { upstream: `${host}:${upstream.port}`, upstreamTls: upstream.tls?.protocol };
}

function messageFields(message: MessageFacts, command: string): Fields {
  return {
    command,
    user: message.account.user,
    route: message.account.route,
    ...upstreamFields(message.account.upstream),
    number: message.number,
    uidl: message.uidl,
    listed: message.listedOctets,
  };
}

function verdictFields({ plugin, engine, verdict, action, isShadow }: NamedVerdict): Fields {
  return {
    plugin,
    engine: bounded(engine),
    kind: verdict.kind,
    ...judgementFields(verdict),
    action,
    shadow: isShadow ? true : undefined,
  };
}

function judgementFields(verdict: Verdict): Fields {
  switch (verdict.kind) {
    case 'pass':
      return {};
    case 'flag':
      return { label: bounded(verdict.label), evidence: bounded(verdict.evidence) };
    case 'block':
      return {
        finding: bounded(verdict.finding),
        part: bounded(verdict.part),
        evidence: bounded(verdict.evidence),
        paths: verdict.paths?.slice(0, mostPaths).map(bounded),
      };
    case 'tempfail':
      return { reason: bounded(verdict.reason) };
  }
}

/** What a plugin says may repeat what a sender wrote: no message makes a line of any length. */
function bounded(text: string): string;
function bounded(text: string | undefined): string | undefined;
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
