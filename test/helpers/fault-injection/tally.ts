// Owns the counts of a campaign: what was broken, what came of it, and what never happened.

export class Tally {
  readonly #counts = new Map<string, Map<string, number>>();

  /** `kinds` are those of which each has to happen. */
  constructor(kinds: Readonly<Record<string, readonly string[]>>) {
    for (const [group, names] of Object.entries(kinds)) {
      this.#counts.set(group, new Map(names.map((name) => [name, 0])));
    }
  }

  count(group: string, name: string, times = 1): void {
    const names = this.#counts.get(group) ?? new Map<string, number>();
    this.#counts.set(group, names);
    names.set(name, (names.get(name) ?? 0) + times);
  }

  of(group: string, name: string): number {
    return this.#counts.get(group)?.get(name) ?? 0;
  }

  /** What should have happened and did not: `fault: clamd killed`. */
  get missing(): string[] {
    return [...this.#counts].flatMap(([group, names]) =>
      [...names].filter(([, times]) => times === 0).map(([name]) => `${group}: ${name}`),
    );
  }

  /** One line for each count. */
  table(): string[] {
    return [...this.#counts].flatMap(([group, names]) => [
      `${group}:`,
      ...[...names].map(([name, times]) => `  ${String(times).padStart(6)}  ${name}`),
    ]);
  }
}
