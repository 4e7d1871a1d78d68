// Owns what a receiver is told about an event. Every field is named here: whatever else an
// observation may come to carry stays out until somebody decides about it.
import type {
  LessonObservation,
  LessonResult,
  MessageFacts,
  NamedVerdict,
  Observation,
  ScoreVerdict,
  SessionFacts,
  SpamAssessment,
  UpstreamFacts,
} from '#plugin-api';

export type EventName = Observation['kind'];

/** Undefined fields are left out of the JSON. */
export type Facts = Readonly<Record<string, unknown>>;

// A list that the compiler checks against the union, in both directions.
export const eventNames = [
  'sessionOpened',
  'loginAccepted',
  'loginRefused',
  'messageJudged',
  'messageDelivered',
  'messageRefused',
  'messageBroken',
  'sessionEnded',
  'lessonGiven',
] as const satisfies readonly EventName[];

export function eventFacts(observation: Observation, time: Date): Facts {
  const about = { time: time.toISOString(), event: observation.kind };
  if (observation.kind === 'lessonGiven') return { ...about, ...lessonFacts(observation) };
  return { ...about, ...sessionFacts(observation.session), ...ownFacts(observation) };
}

function sessionFacts({ id, client }: SessionFacts): Facts {
  return {
    session: id,
    client: client.address,
    destination: client.destination?.address,
    destinationPort: client.destination?.port,
    listener: client.listener,
    tls: client.tls?.protocol,
  };
}

function lessonFacts(lesson: LessonObservation): Facts {
  const { account, as, weight, source, uidl, octets, sha256 } = lesson;
  const outcomes = lesson.outcomes.map(outcomeFacts);
  const whose = { user: account?.user, server: account?.upstreamHost };
  return { ...whose, as, weight, source, uidl, octets, sha256, outcomes };
}

function outcomeFacts({ plugin, outcome }: LessonResult): Facts {
  return { plugin, ...outcome };
}

function ownFacts(observation: Exclude<Observation, LessonObservation>): Facts {
  switch (observation.kind) {
    case 'sessionOpened':
      return {};
    case 'loginAccepted':
      return {
        user: observation.user,
        ...upstreamFacts(observation.upstream),
        ...took(observation),
      };
    case 'loginRefused':
      return {
        user: observation.user,
        ...upstreamFacts(observation.upstream),
        code: observation.code,
        ...took(observation),
      };
    case 'messageJudged':
      return {
        ...messageFacts(observation.message),
        octets: observation.octets,
        sha256: observation.sha256,
        verdicts: observation.verdicts.map(verdictFacts),
        spam: observation.spam && spamFacts(observation.spam),
        action: observation.action,
        quarantineId: observation.quarantineId,
        ...took(observation),
      };
    case 'messageDelivered':
      return {
        ...messageFacts(observation.message),
        octets: observation.octets,
        action: observation.action,
        ...took(observation),
      };
    case 'messageRefused':
    case 'messageBroken':
      return { ...messageFacts(observation.message), code: observation.code, ...took(observation) };
    case 'sessionEnded':
      return {
        user: observation.user,
        reason: observation.reason,
        deleted: observation.deleted,
        ...took(observation),
      };
    default:
      // A new event that was forgotten in `eventNames` or above does not compile.
      return observation satisfies never;
  }
}

function took({ durationMs }: { readonly durationMs: number }): Facts {
  return { durationMs: Math.round(durationMs) };
}

function upstreamFacts(upstream: UpstreamFacts | undefined): Facts {
  return { upstream: upstream?.host, upstreamPort: upstream?.port };
}

/** Whose message it is, and which. */
export function messageFacts(message: MessageFacts): Facts {
  const { user, route, upstream } = message.account;
  return {
    user,
    route,
    ...upstreamFacts(upstream),
    number: message.number,
    uidl: message.uidl,
    listedOctets: message.listedOctets,
  };
}

function verdictFacts({ plugin, verdict, engine, action, isShadow }: NamedVerdict): Facts {
  const about = { plugin, engine, action, isShadow, verdict: verdict.kind };
  switch (verdict.kind) {
    case 'pass':
      return about;
    case 'flag':
      return { ...about, label: verdict.label, evidence: verdict.evidence };
    case 'block':
      return { ...about, finding: verdict.finding, part: verdict.part, evidence: verdict.evidence };
    case 'score':
      return { ...about, ...scoreFacts(verdict) };
    case 'tempfail':
      return { ...about, reason: verdict.reason };
  }
}

function scoreFacts({ logOdds, reasons, isFinal }: ScoreVerdict): Facts {
  return { logOdds, reasons, isFinal };
}

function spamFacts({ result, probability, logOdds, parts, decidedBy }: SpamAssessment): Facts {
  const weights = parts.map(({ plugin, weight }) => ({ plugin, weight }));
  return { result, probability, logOdds, weights, decidedBy };
}
