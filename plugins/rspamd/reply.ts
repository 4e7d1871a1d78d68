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

/** A value alone, or with the place where it belongs. */
const headerValueSchema = z.union([z.string(), z.object({ value: z.string() })]);

const milterSchema = z.object({
  add_headers: z
    .record(z.string(), z.union([headerValueSchema, z.array(headerValueSchema)]))
    .optional(),
  remove_headers: z.record(z.string(), z.number()).optional(),
});

const replySchema = z.object({
  action: z.string(),
  score: finite,
  required_score: finite,
  is_skipped: z.boolean().optional(),
  symbols: z.record(z.string(), symbolSchema).default({}),
  messages: z.object({ smtp_message: z.string().optional() }).optional(),
  subject: z.string().optional(),
  milter: milterSchema.optional(),
});

export type Reply = z.output<typeof replySchema>;
export type MilterEdits = NonNullable<Reply['milter']>;

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
