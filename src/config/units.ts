// Owns how durations and sizes are written in a configuration. Pure.

const msPerUnit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bytesPerUnit = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;

export const durationPattern = /^(\d{1,9}) ?(ms|s|m|h|d)$/;
export const sizePattern = /^(\d{1,9}) ?(B|KB|MB|GB)$/;

/** `30s`, `10m`, `250 ms` in milliseconds; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, durationPattern, msPerUnit);
}

/** `64 MB`, `512KB` in bytes, KB being 1024; undefined when the text is no size. */
export function parseSize(text: string): number | undefined {
  return parseQuantity(text, sizePattern, bytesPerUnit);
}

type Factors = Readonly<Record<string, number>>;

function parseQuantity(text: string, pattern: RegExp, factors: Factors): number | undefined {
  const match = pattern.exec(text);
  const factor = factors[match?.[2] ?? ''];
  return factor === undefined ? undefined : Number(match?.[1]) * factor;
}
