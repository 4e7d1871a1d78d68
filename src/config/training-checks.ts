// Owns the rules of training that concern listeners, plugins and several keys at once.
import type { z } from 'zod';

interface Checked {
  readonly listeners: readonly {
    readonly name: string;
    readonly tls: 'none' | 'stls' | 'implicit';
  }[];
  readonly plugins: readonly { readonly name: string; readonly use: string }[];
  readonly spam: { readonly flagHeader?: string | undefined };
  readonly training: {
    readonly links?:
      | { readonly certificateOf: string | undefined; readonly header: string }
      | undefined;
    readonly readerRelease?: { readonly plugins: readonly string[] } | undefined;
    readonly mailboxes: readonly { readonly unsigned: 'ignore' | 'shared' }[];
  };
}

/** What they find is never for a reader to let go. */
const virusScanners: readonly string[] = ['clamav', 'yara'];

export function checkTraining(
  { listeners, plugins, spam, training }: Checked,
  context: z.RefinementCtx,
): void {
  const report = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path: ['training', ...path], message });
  };
  const { links, readerRelease, mailboxes } = training;
  const { certificateOf } = links ?? {};
  if (certificateOf !== undefined) {
    const listener = listeners.find(({ name }) => name === certificateOf);
    if (listener === undefined || listener.tls === 'none') {
      report(['links', 'certificate_of'], 'expected the name of a listener with TLS');
    }
  }
  if (links?.header.toLowerCase() === spam.flagHeader?.toLowerCase() && links !== undefined) {
    report(['links', 'header'], 'expected another name than spam.flag_header');
  }
  if (readerRelease !== undefined && links === undefined) {
    report(['reader_release'], 'expected training.links, which says where the page is');
  }
  for (const [index, name] of (readerRelease?.plugins ?? []).entries()) {
    const use = plugins.find((plugin) => plugin.name === name)?.use;
    if (virusScanners.includes(use ?? name)) {
      const message = `expected no virus scanner: what ${name} finds is never released by a reader`;
      report(['reader_release', 'plugins', index], message);
    }
  }
  for (const [index, { unsigned }] of mailboxes.entries()) {
    if (links !== undefined || unsigned === 'shared') continue;
    const message =
      'expected training.links: without links no forwarded message proves whose it is';
    report(['mailboxes', index], message);
  }
}
