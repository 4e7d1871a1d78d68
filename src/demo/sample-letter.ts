// Owns how a sample message is put together from header, body and parts. It knows no particular
// sample. Everything here gives the same octets on every run.
import { createCipheriv } from 'node:crypto';

export interface Letter {
  /** Local part of the Message-ID. */
  readonly id: string;
  readonly subject: string;
  readonly from?: string;
  /** Value of Content-Type. */
  readonly type?: string;
  /** Value of Content-Transfer-Encoding. */
  readonly encoding?: string;
  /** Complete header lines besides the usual ones. */
  readonly fields?: readonly string[];
  readonly body: string | Buffer;
}

export interface Part {
  readonly type: string;
  readonly encoding?: string;
  /** Complete header lines besides type and encoding. */
  readonly fields?: readonly string[];
  readonly body: string;
}

/** Lines, each with its CRLF. */
export function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\r\n`).join('');
}

/** A whole message. Text is written as UTF-8; a Buffer goes in as it is. */
export function letter(parts: Letter): Buffer {
  const header = lines(
    `Return-Path: <${parts.id}@sender.example>`,
    `Received: from sender.example (sender.example [192.0.2.7])`,
    `\tby mx.sample.example with ESMTPS id ${parts.id}; Mon, 02 Nov 2026 09:00:02 +0000`,
    `From: ${parts.from ?? 'Ada Sender <ada@sender.example>'}`,
    'To: Demo Reader <reader@sample.example>',
    `Subject: ${parts.subject}`,
    'Date: Mon, 02 Nov 2026 09:00:00 +0000',
    `Message-ID: <${parts.id}@sender.example>`,
    'MIME-Version: 1.0',
    `Content-Type: ${parts.type ?? 'text/plain; charset=utf-8'}`,
    `Content-Transfer-Encoding: ${parts.encoding ?? '8bit'}`,
    ...(parts.fields ?? []),
    '',
  );
  const body = typeof parts.body === 'string' ? Buffer.from(parts.body, 'utf8') : parts.body;
  return Buffer.concat([Buffer.from(header, 'utf8'), body]);
}

/** The body of a multipart. The boundary must not occur in any part. */
export function multipart(boundary: string, parts: readonly Part[]): string {
  const written = parts.map((part) =>
    lines(
      `--${boundary}`,
      `Content-Type: ${part.type}`,
      ...(part.encoding === undefined ? [] : [`Content-Transfer-Encoding: ${part.encoding}`]),
      ...(part.fields ?? []),
      '',
    ).concat(part.body),
  );
  return `${written.join('\r\n')}\r\n--${boundary}--\r\n`;
}

export function textPart(text: string): Part {
  return { type: 'text/plain; charset=utf-8', encoding: '8bit', body: lines(text) };
}

/** A file as base64 attachment under a plain ASCII name. */
export function attachment(fileName: string, type: string, content: Buffer): Part {
  return {
    type: `${type}; name="${fileName}"`,
    encoding: 'base64',
    fields: [`Content-Disposition: attachment; filename="${fileName}"`],
    body: base64Lines(content),
  };
}

/** RFC 2045 s.6.8: base64 in lines of 76 characters. */
export function base64Lines(content: Buffer): string {
  const text = content.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  return text.endsWith('\r\n') ? text : `${text}\r\n`;
}

/** Octets without any pattern, always the same: AES-CTR under a zero key. */
export function noise(octets: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(octets));
}
