// Owns one question to a directory over HTTP: a request with header fields, of whose answer nothing but
// header fields is read. The password is in it, so nothing of it is ever logged.
import { type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import type { Secret } from '../../base/secret.ts';
import {
  type DirectoryAnswer,
  type DirectoryQuestion,
  questionFields,
  readAnswer,
} from '../directory-message.ts';
import { lookupFailed } from './lookup-failed.ts';

export interface Directory {
  readonly url: string;
  readonly header: { readonly name: string; readonly value: Secret } | undefined;
  readonly timeoutMs: number;
}

const maxAnswerOctets = 16_384;

/** Throws LOOKUP_FAILED, or the reason of the signal. */
export async function askDirectory(
  { url, header, timeoutMs }: Directory,
  question: DirectoryQuestion,
  clock: Clock,
  signal: AbortSignal,
): Promise<Exclude<DirectoryAnswer, { kind: 'unusable' }>> {
  const fields = questionFields(question);
  if (header !== undefined) fields[header.name] = header.value.reveal().toString('latin1');
  const answer = await withDeadline(
    clock,
    timeoutMs,
    signal,
    (deadline) => exchange(url, fields, deadline),
    () => lookupFailed('no answer in time'),
  );
  if (answer.kind === 'unusable') throw lookupFailed(answer.reason);
  return answer;
}

function exchange(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<DirectoryAnswer> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      headers,
      signal,
      agent: false,
      maxHeaderSize: maxAnswerOctets,
    };
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const sent = send(url, options, (response) => {
      resolve(readAnswer(response.headers));
      response.destroy();
    });
    sent.on('error', (cause) => reject(lookupFailed('no connection', cause)));
    sent.end();
  });
}
