// Owns the JSON Schema of a configuration, for editors, and the look-up of known keys in such a schema.
import { z } from 'zod';
import type { ConfigPath } from './problem.ts';
import { configSchema } from './schema.ts';

/** The content of `config/postern.schema.json`. */
export function configJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input' });
  return `${JSON.stringify({ $schema, title: 'Configuration of Postern', ...schema }, null, 2)}\n`;
}

/** The keys that a schema of zod allows at a path; for suggestions, so any doubt gives none. */
export function knownKeys(schema: z.ZodType, path: ConfigPath): string[] {
  let nodes: unknown[] = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })];
  for (const step of path) {
    nodes = nodes.flatMap(alternatives).map((node) => {
      if (typeof step === 'number') return member(node, 'items');
      return member(member(node, 'properties'), step) ?? member(node, 'additionalProperties');
    });
  }
  return nodes
    .flatMap(alternatives)
    .flatMap((node) => Object.keys(member(node, 'properties') ?? {}));
}

/** A node of a union stands for each of its branches. */
function alternatives(node: unknown): unknown[] {
  const branches = member(node, 'anyOf') ?? member(node, 'oneOf');
  return Array.isArray(branches) ? branches.flatMap(alternatives) : [node];
}

function member(node: unknown, key: string): object | undefined {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
  const value: unknown = Reflect.get(node, key);
  return typeof value === 'object' && value !== null ? value : undefined;
}
