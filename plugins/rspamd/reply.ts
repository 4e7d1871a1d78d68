// Owns what rspamd says of a message: reading its JSON, which is refused as a whole when it is not as it
// should be. Pure.
import { ServerFailure, z } from '#plugin-api';
import type { Answer } from './exchange.ts';

const finite = z.number().refine((value) => Number.isFinite(value));

const symbolSchema = z.object({
  score: finite,
  options: z.array(z.string()).optional(),
  description: z.string().optional(),
});

const replySchema = z.object({
  action: z.string(),
  score: finite,
  required_score: finite,
  is_skipped: z.boolean().optional(),
  symbols: z.record(z.string(), symbolSchema).default({}),
  messages: z.object({ smtp_message: z.string().optional() }).optional(),
  subject: z.string().optional(),
  /** No judgement hangs on it, so what is odd there is left out alone. */
  milter: z.unknown().optional(),
});

export type Reply = z.output<typeof replySchema>;

export function parseReply({ status, contentType, body }: Answer): Reply {
  if (status !== 200) throw broken(`it answered with status ${status}`);
  if (contentType !== 'application/json') throw broken('its answer is not JSON');
  const parsed = replySchema.safeParse(toJson(body));
  if (!parsed.success) throw broken('its answer is none to a message');
  return parsed.data;
}

function toJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function broken(message: string): ServerFailure {
  return new ServerFailure('broken', message);
}
