// Owns docs/config.md: one row for each key of the configuration, read from its JSON Schema.
// Run it after a change of the schema: node docs/generate-config.ts
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { durationPattern, sizePattern } from '../src/config/units.ts';

interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

const introduction = `# Configuration

<!-- Written by docs/generate-config.ts; change the schema in src/config instead. -->

Postern reads one YAML file: the one named by \`--config\`, else \`./postern.yaml\`, else
\`/etc/postern/postern.yaml\`. It is read once, at the start. \`postern check-config\` checks it
without starting anything; each mistake is one line with file, line, column and key, and the exit code is 2.
[config/postern.example.yaml](../config/postern.example.yaml) shows every key with its default,
[config/](../config/) has more examples, and [config/postern.schema.json](../config/postern.schema.json)
lets an editor check a file while it is written.

- A duration has a unit: \`250ms\`, \`30s\`, \`10m\`, \`1h\`, \`2d\`. So has a size: \`512B\`, \`64KB\`, \`10MB\`, \`1GB\`; 1 KB is 1024 octets.
- A relative path starts at the folder of the configuration file.
- An unknown key is an error. So is a key that stands twice.
- A section whose keys all have defaults may be left out.
`;

/** The content of docs/config.md. */
export function configReference(): string {
  const root: SchemaNode = JSON.parse(configJsonSchema());
  const sections = Object.entries(root.properties ?? {}).map(([key, node]) => {
    const isRequired = root.required?.includes(key) === true;
    return section(key, node, isRequired);
  });
  return [introduction, ...sections].join('\n');
}

function section(key: string, node: SchemaNode, isRequired: boolean): string {
  const isList = node.items !== undefined;
  const form = isList ? `A list${isRequired ? ', at least one' : ', empty by default'}.` : '';
  const heads = ['Key', 'Value', 'Default', 'Meaning'];
  return [
    `## ${key}`,
    '',
    [node.description, form].filter(Boolean).join(' '),
    '',
    ...(node.properties === undefined && !isList
      ? [`Default: ${defaultOf(node, isRequired)}.`]
      : table([heads, ...rows(node.items ?? node, '')])),
    '',
  ].join('\n');
}

function* rows(node: SchemaNode, prefix: string): Iterable<readonly string[]> {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const path = `${prefix}${key}`;
    const isRequired = node.required?.includes(key) === true;
    yield [code(path), valuesOf(child), defaultOf(child, isRequired), child.description ?? ''];
    if (child.items === undefined) yield* rows(child, `${path}.`);
    else yield* rows(child.items, `${path}[].`);
  }
}

/** Aligned, as the formatter of this project wants it. The first row is the head. */
function table(lines: readonly (readonly string[])[]): string[] {
  const cells = lines.map((line) => line.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((l) => l[at]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  const [head = [], ...body] = cells;
  return [head, rule, ...body].map(
    (line) => `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`,
  );
}

function valuesOf(node: SchemaNode): string {
  if (node.enum !== undefined) return node.enum.map(code).join(', ');
  if (node.type === 'boolean') return '`true`, `false`';
  if (node.type === 'integer') return `${node.minimum} to ${node.maximum}`;
  if (node.type === 'array') return 'list';
  if (node.type === 'object') return 'mapping';
  const whole = node.anyOf?.find((branch) => branch.type === 'integer');
  const word = node.anyOf?.find((branch) => branch.const !== undefined);
  if (whole !== undefined && word !== undefined) return `${valuesOf(whole)}, \`${word.const}\``;
  const words = node.anyOf?.find((branch) => branch.enum !== undefined);
  if (words !== undefined) return `${valuesOf(words)}, or a list`;
  if (node.pattern === durationPattern.source) return 'duration';
  if (node.pattern === sizePattern.source) return 'size';
  return 'text';
}

function defaultOf(node: SchemaNode, isRequired: boolean): string {
  if (isRequired) return 'required';
  if (node.default === undefined) return '-';
  return code(typeof node.default === 'string' ? node.default : JSON.stringify(node.default));
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) {
  writeFileSync(new URL('config.md', import.meta.url), configReference());
}
