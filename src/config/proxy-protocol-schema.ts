// Owns the keys of a listener that are about load balancers in front of it, and what they demand of others.
import { z } from 'zod';
import { duration, networks, oneOf } from './values.ts';

export const proxyProtocolSchema = z
  .strictObject({
    from: networks(
      'Load balancers: each of their connections must begin with a header, of version 1 or 2.',
    ),
    others: oneOf('Connections from elsewhere: refused, or allowed and served without a header.', [
      'refused',
      'allowed',
    ]).default('refused'),
    tls: oneOf(
      'What a header says of TLS that the load balancer has ended: ignored, or trusted, so that the client counts as encrypted. Only with tls: none.',
      ['ignored', 'trusted'],
    ).default('ignored'),
    timeout: duration('For the header to come.', { fallback: '5s', min: '1s', max: '1m' }),
  })
  .transform(({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout }));

interface Checked {
  readonly tls: 'none' | 'stls' | 'implicit';
  readonly intercept?: string | undefined;
  readonly proxy_protocol?: z.output<typeof proxyProtocolSchema> | undefined;
}

export function checkProxyProtocol(
  { tls, intercept, proxy_protocol: proxied }: Checked,
  context: z.RefinementCtx,
): void {
  if (proxied === undefined) return;
  const report = (path: string[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  // A diverted connection comes from the client itself; what a header names is no place to be led to.
  if (intercept !== undefined) report(['intercept'], 'expected no intercept with proxy_protocol');
  if (proxied.tls === 'trusted' && tls !== 'none') {
    const path = ['proxy_protocol', 'tls'];
    report(path, `expected ignored with tls: ${tls}, since TLS ends at this listener`);
  }
}
