// Owns YAML: text to plain values, and from a path in those values back to line and column.
// The only file that knows which library reads YAML.
import {
  EVENT_ID,
  getScalarValue,
  load,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import type { ConfigPath } from './problem.ts';

/** From 1, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlDocument {
  readonly value: unknown;
  /** Where the value at `path` stands, or the nearest thing above it that exists. */
  positionOf(path: ConfigPath): Position;
  /** Where the key at the end of `path` stands. */
  positionOfKey(path: ConfigPath): Position;
}

export class YamlSyntaxError extends Error {
  readonly position: Position;

  constructor(reason: string, position: Position, cause: unknown) {
    super(reason, { cause });
    this.name = 'YamlSyntaxError';
    this.position = position;
  }
}

// Aliases multiply: n of them can stand for about 1.44^n nodes. Twenty serve every honest file.
const maxAliases = 20;
const maxDepth = 30;

/** Throws YamlSyntaxError. Duplicate keys, unknown tags and several documents are errors. */
export function parseYaml(text: string): YamlDocument {
  const value = loadValue(text);
  let root: Node | undefined;
  const locate = (path: ConfigPath, anchor: 'key' | 'value'): Position => {
    root ??= readTree(text);
    return positionAt(text, offsetOf(root, path, anchor));
  };
  return {
    value,
    positionOf: (path) => locate(path, 'value'),
    positionOfKey: (path) => locate(path, 'key'),
  };
}

function loadValue(text: string): unknown {
  try {
    return load(text, { maxAliases, maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new YamlSyntaxError(error.reason, positionAt(text, error.mark?.position ?? 0), error);
  }
}

type Node =
  | { readonly kind: 'leaf'; readonly start: number | undefined }
  | { readonly kind: 'sequence'; readonly start: number; readonly items: Node[] }
  | { readonly kind: 'mapping'; readonly start: number; readonly entries: Map<string, Entry> };

interface Entry {
  readonly keyStart: number;
  readonly node: Node;
}

function offsetOf(root: Node, path: ConfigPath, anchor: 'key' | 'value'): number {
  let offset = root.start ?? 0;
  let node = root;
  for (const [depth, step] of path.entries()) {
    if (node.kind === 'mapping') {
      const entry = node.entries.get(String(step));
      if (entry === undefined) return offset;
      const wantsKey = anchor === 'key' && depth === path.length - 1;
      // A collection is found by its key: its own first line is already about something else.
      const isLeaf = entry.node.kind === 'leaf';
      offset = isLeaf && !wantsKey ? (entry.node.start ?? entry.keyStart) : entry.keyStart;
      node = entry.node;
    } else if (node.kind === 'sequence') {
      const item = node.items[Number(step)];
      if (item === undefined) return offset;
      offset = item.start ?? offset;
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

type Events = ReturnType<typeof parseEvents>;

function readTree(text: string): Node {
  const events = parseEvents(text, { maxDepth })[Symbol.iterator]();
  const first = events.next();
  if (first.done || first.value.type !== EVENT_ID.DOCUMENT) return { kind: 'leaf', start: 0 };
  return readNode(text, events) ?? { kind: 'leaf', start: 0 };
}

/** Undefined at the end of the collection that is being read. */
function readNode(text: string, events: Iterator<Events[number]>): Node | undefined {
  const next = events.next();
  if (next.done) return undefined;
  const event = next.value;
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return { kind: 'leaf', start: scalarStart(event) };
    case EVENT_ID.ALIAS:
      return { kind: 'leaf', start: event.anchorStart };
    case EVENT_ID.SEQUENCE: {
      const items: Node[] = [];
      for (;;) {
        const item = readNode(text, events);
        if (item === undefined) return { kind: 'sequence', start: event.start, items };
        items.push(item);
      }
    }
    case EVENT_ID.MAPPING: {
      const entries = new Map<string, Entry>();
      for (;;) {
        const key = events.next();
        if (key.done || key.value.type !== EVENT_ID.SCALAR) {
          return { kind: 'mapping', start: event.start, entries };
        }
        const name = getScalarValue(text, key.value);
        const node = readNode(text, events) ?? { kind: 'leaf', start: undefined };
        entries.set(name, { keyStart: scalarStart(key.value) ?? event.start, node });
      }
    }
    default:
      return undefined;
  }
}

/** Undefined for a value that is left out; a quoted one starts at its quote. */
function scalarStart({ valueStart, style }: ScalarEvent): number | undefined {
  if (valueStart < 0) return undefined;
  const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
  return isQuoted ? valueStart - 1 : valueStart;
}
