// Owns the placeholders in configured values. Pure.
import type { NamedVerdict, TransformContext } from '#plugin-api';
import { describeVerdicts } from './verdict-text.ts';

type TemplateFacts = Pick<TransformContext, 'session' | 'account' | 'verdicts'>;

const sources: Readonly<Record<string, (facts: TemplateFacts) => string>> = {
  session: ({ session }) => session.id,
  listener: ({ session }) => session.client.listener,
  user: ({ account }) => account.user,
  verdict: ({ verdicts }: { readonly verdicts: readonly NamedVerdict[] }) =>
    describeVerdicts(verdicts),
};

export const placeholders: readonly string[] = Object.keys(sources).map((name) => `{${name}}`);

const placeholder = /\{([a-z_]+)\}/g;

/** The first placeholder that does not exist: most likely a slip of the pen. */
export function findUnknownPlaceholder(template: string): string | undefined {
  const used = [...template.matchAll(placeholder)].map(([written]) => written);
  return used.find((written) => !placeholders.includes(written));
}

/** In one pass: a user who is called `{session}` stays so. */
export function fillTemplate(template: string, facts: TemplateFacts): string {
  return template.replaceAll(placeholder, (written, name: string) =>
    Object.hasOwn(sources, name) ? printable(sources[name]?.(facts) ?? '') : written,
  );
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
