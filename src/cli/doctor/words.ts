// Owns amounts and dates in words.

const dayMs = 86_400_000;

/** `2026-11-24`. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export function daysBetween(fromMs: number, toMs: number): number {
  return Math.floor((toMs - fromMs) / dayMs);
}

export function days(count: number): string {
  return counted(count, 'day');
}

export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `1.5 GB`; 1 KB is 1024 octets, as in the configuration. */
export function octets(count: number): string {
  let amount = count;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${amount < 10 ? Math.round(amount * 10) / 10 : Math.round(amount)} ${units[unit]}`;
}

export function list(items: readonly string[], most = 5): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
