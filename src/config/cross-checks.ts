// Owns the rules that concern several keys of a configuration at once.
import type { z } from 'zod';

interface Checked {
  readonly listeners: readonly {
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly tls: 'none' | 'stls' | 'implicit';
    readonly socket?: string | undefined;
    readonly intercept?: unknown;
  }[];
  readonly routes: readonly CheckedRoute[];
  readonly logins: { readonly firstDelayMs: number; readonly maxDelayMs: number };
  /** One that is wrong in itself has no name yet. */
  readonly plugins: readonly { readonly name?: string | undefined }[];
  readonly spam: { readonly weights: Readonly<Record<string, number>> };
}

interface CheckedRoute {
  readonly name: string;
  readonly listeners?: readonly string[] | undefined;
  readonly destinations?: readonly unknown[] | undefined;
  readonly serverNames?: readonly string[] | undefined;
  /** Undefined where the route is wrong in itself: then it comes as it was written. */
  readonly source?: { readonly kind: string } | undefined;
}

type Report = (path: (string | number)[], message: string) => void;

export function checkTogether(config: Checked, context: z.RefinementCtx): void {
  const report: Report = (path, message) => {
    context.addIssue({ code: 'custom', path, message });
  };
  checkNames(config, report);
  checkSockets(config, report);
  checkRoutes(config, report);
  checkLogins(config, report);
  checkWeights(config, report);
}

function checkNames({ listeners, routes, plugins }: Checked, report: Report): void {
  const named: Record<string, readonly { readonly name: string }[]> = { listeners, routes };
  for (const [key, items] of Object.entries(named)) {
    for (const [index, first] of repeats(items, (item) => item.name)) {
      const { name } = items[first] ?? {};
      report(
        [key, index, 'name'],
        `expected a unique name; ${key}[${first}] is called ${name} too`,
      );
    }
  }
  for (const [index, { name }] of plugins.entries()) {
    // In verdicts and headers this name stands for the proxy's own findings.
    if (name === 'postern')
      report(['plugins', index, 'name'], "expected another name than 'postern'");
  }
  for (const [index, first] of repeats(plugins, (plugin) => plugin.name)) {
    const { name } = plugins[first] ?? {};
    report(
      ['plugins', index],
      `expected a unique name; plugins[${first}] is called ${name} too, so give this one a name of its own`,
    );
  }
}

function checkSockets({ listeners }: Checked, report: Report): void {
  const placeOf = ({ address, port, socket }: Checked['listeners'][number]) =>
    port === 0 || socket !== undefined ? undefined : `${address} port ${port}`;
  for (const [index, first] of repeats(listeners, placeOf)) {
    report(
      ['listeners', index, 'port'],
      `expected a free port; listeners[${first}] takes it already`,
    );
  }
  for (const [index, first] of repeats(listeners, ({ socket }) => socket)) {
    report(
      ['listeners', index, 'socket'],
      `expected a socket of its own; listeners[${first}] takes it already`,
    );
  }
}

function checkRoutes({ listeners, routes }: Checked, report: Report): void {
  const names = new Set(listeners.map((listener) => listener.name));
  for (const [index, route] of routes.entries()) {
    for (const [position, name] of (route.listeners ?? []).entries()) {
      if (names.has(name)) continue;
      const known = [...names].join(', ');
      report(
        ['routes', index, 'listeners', position],
        `expected the name of a listener (${known})`,
      );
    }
  }
  const areNamed = routes.every((route) =>
    (route.listeners ?? []).every((name) => names.has(name)),
  );
  if (!areNamed || routes.some(({ source }) => source === undefined)) return;
  for (const [index, listener] of listeners.entries()) {
    const offered = routes.filter((route) => isFor(listener.name, route));
    if (offered.some((route) => canTake(listener, route))) continue;
    const name = offered[0]?.name;
    const why = name === undefined ? '' : `; ${name} waits for what no session of it has`;
    report(['listeners', index], `expected a route for listener ${listener.name}${why}`);
  }
}

function isFor(listener: string, { listeners }: CheckedRoute): boolean {
  return listeners?.includes(listener) ?? true;
}

/** Only TLS brings a name, and only diverted connections have another destination. */
function canTake(
  { tls, intercept }: Checked['listeners'][number],
  { destinations, serverNames, source }: CheckedRoute,
): boolean {
  if (serverNames !== undefined && tls === 'none') return false;
  if (intercept !== undefined) return true;
  return source?.kind !== 'destination' && destinations === undefined;
}

function checkLogins({ logins }: Checked, report: Report): void {
  // Of a section with other mistakes, the numbers are not there yet.
  if (logins.maxDelayMs < logins.firstDelayMs) {
    report(['logins', 'max_delay'], 'expected a duration that is not shorter than first_delay');
  }
}

/** A slip of the pen would leave the plugin that was meant at its full weight. */
function checkWeights({ plugins, spam }: Checked, report: Report): void {
  const names = plugins.map(({ name }) => name);
  if (names.includes(undefined)) return;
  const known = names.length === 0 ? 'there is none' : names.join(', ');
  for (const key of Object.keys(spam.weights)) {
    if (names.includes(key)) continue;
    report(['spam', 'weights', key], `expected the name of a plugin of the chain (${known})`);
  }
}

/** Pairs of (index of a repetition, index of its first occurrence). */
function* repeats<T>(
  items: readonly T[],
  keyOf: (item: T) => string | undefined,
): Iterable<[number, number]> {
  const firsts = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, index);
    else yield [index, first];
  }
}
