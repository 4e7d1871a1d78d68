// Owns answers of one line.
import type { HttpAnswer } from './http-server.ts';

export function plain(status: number, line: string): HttpAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', text: `${line}\n` };
}

export const notFound: HttpAnswer = plain(404, 'not found');

export function methodNotAllowed(allowed: string): HttpAnswer {
  return { ...plain(405, 'method not allowed'), fields: { Allow: allowed } };
}
