// Owns the one error type of the product. It never decides what a client is told: that is proxy/refuse.ts.

/** Whose doing a failure is. */
export type Fault = 'client' | 'upstream' | 'proxy' | 'plugin' | 'config';

/** RFC 2449 s.8 and RFC 3206 response codes that Postern itself sends. */
export type ResponseCode = 'AUTH' | 'SYS/TEMP' | 'SYS/PERM' | 'IN-USE' | 'LOGIN-DELAY';

export interface AppErrorOptions {
  readonly fault: Fault;
  /** Text that may be shown to a client: printable, no secret, no path, no stack. */
  readonly publicText: string;
  /** Text of the upstream, for the client only: it may echo a password, so it is never logged. */
  readonly peerText?: string;
  /** Defaults to SYS/TEMP, the code that makes a client try again and delete nothing. */
  readonly responseCode?: ResponseCode | 'none';
  /** Facts for the log; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * A failure with a stable code (`UPSTREAM_TIMEOUT`), the side at fault, a text that a client may
 * see and a private cause. Callers match `code`, never the text.
 */
export class AppError extends Error {
  readonly code: string;
  readonly fault: Fault;
  readonly publicText: string;
  readonly responseCode: ResponseCode | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  /** Private, so that no inspection of the error prints it. */
  readonly #peerText: string | undefined;

  constructor(code: string, options: AppErrorOptions) {
    super(`${code}: ${options.publicText}`, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.fault = options.fault;
    this.publicText = options.publicText;
    const responseCode = options.responseCode ?? 'SYS/TEMP';
    this.responseCode = responseCode === 'none' ? undefined : responseCode;
    this.#peerText = options.peerText;
    this.details = options.details ?? {};
  }

  /** What the client is told: the upstream's own words where there are any. */
  get clientText(): string {
    return this.#peerText ?? this.publicText;
  }
}

/** The error as it is if it is ours, else wrapped as a fault of the proxy itself. */
export function toAppError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError('INTERNAL', {
    fault: 'proxy',
    publicText: 'internal error, try again later',
    cause,
  });
}

/** Walks `cause` to the text an administrator needs; one line, no stack. */
export function explain(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  // Bounded, since causes can go round in a circle.
  for (let depth = 0; current instanceof Error && depth < 8; depth += 1) {
    const text = current.message.replaceAll(/\s+/g, ' ').trim();
    if (text !== '' && !parts.includes(text)) parts.push(text);
    current = current.cause;
  }
  if (parts.length === 0) parts.push(String(error));
  return parts.join(': ');
}
