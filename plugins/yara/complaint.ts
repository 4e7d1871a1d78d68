// Owns reading where and what the compiler of rules complains about. Pure.
import type { Complaint } from './scanning.ts';

const longestText = 200;

/** `error[E025]: unknown pattern` and, on the next line, ` --> line:3:13`; the rest is a picture of it. */
export function toComplaint(file: string, said: string): Complaint {
  const lines = said.split('\n', 20);
  const [first = ''] = lines;
  const [, text = first] = /^(?:error|warning)(?:\[[^\]]{1,40}\])?: (.{0,500})$/.exec(first) ?? [];
  const place = lines.map((line) => /^ *--> line:(\d{1,9}):(\d{1,9})$/.exec(line)).find(Boolean);
  // The words for a file that is included say nothing of inclusion.
  const isInclude = lines.some((line) => line.includes('failed with error'));
  return {
    file,
    line: Number(place?.[1] ?? 1),
    column: Number(place?.[2] ?? 1),
    text: isInclude
      ? 'include is not possible here: name the included file in the option rules'
      : text.slice(0, longestText),
  };
}

export function describeComplaint({ file, line, column, text }: Complaint): string {
  return `${file}:${line}:${column}: ${text}`;
}
