// Owns finding one statement among the results of a provider. Pure.
import type { ProviderResults } from './provider-results.ts';

/**
 * Of several signatures one that is good is enough: then there is nothing to be said about the others.
 */
export function saying(
  { authentication }: ProviderResults,
  method: string,
  results: readonly string[],
): string | undefined {
  const own = authentication.filter((each) => each.method === method);
  const found = own.find(({ result }) => results.includes(result));
  if (found === undefined) return undefined;
  if (found.result !== 'pass' && own.some(({ result }) => result === 'pass')) return undefined;
  const about = ['header.from', 'header.d', 'smtp.mailfrom', 'header.i'].flatMap(
    (name) => found.properties.get(name) ?? [],
  );
  return [`${method}=${found.result}`, ...about.slice(0, 1)].join(' ');
}
