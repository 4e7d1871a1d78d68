// Owns the form of a MIME tree under edits: immutable nodes, so that any earlier state can be kept and
// come back. It knows nothing of what an edit means.
import type { HeaderBlock } from './header-block.ts';
import type { LaidOutPart } from './mime-layout.ts';

export interface TreeNode {
  /** Stays with a part through all edits of it, also when its path changes. */
  readonly key: object;
  /** The part of the original in whose place it stands; undefined for what was added. */
  readonly slot: LaidOutPart | undefined;
  readonly headers: HeaderBlock;
  /** Whether the header still is the one of the original, octet for octet and in its place. */
  readonly headerOrigin: 'original' | 'written';
  readonly contentType: string;
  readonly transferEncoding: string | undefined;
  readonly fileNames: readonly string[];
  readonly content: NodeContent;
}

/** `source` is the original whose boundary lines, preamble and epilogue are kept. */
export type NodeContent =
  | { readonly kind: 'original'; readonly source: LaidOutPart }
  | { readonly kind: 'written'; readonly octets: Buffer }
  | { readonly kind: 'message'; readonly source: LaidOutPart; readonly children: Children }
  | { readonly kind: 'multipart'; readonly source: LaidOutPart; readonly children: Children }
  /** A multipart of our own around what was the whole message. */
  | { readonly kind: 'wrapped'; readonly boundary: Buffer; readonly children: Children };

export type Children = readonly TreeNode[];

/** A node and the path that it has at present. */
export interface PlacedNode {
  readonly path: string;
  readonly depth: number;
  readonly node: TreeNode;
  readonly parent: TreeNode | undefined;
}

export function treeOf(source: LaidOutPart): TreeNode {
  const { part } = source;
  return {
    key: source,
    slot: source,
    headers: part.headers,
    headerOrigin: 'original',
    contentType: part.contentType,
    transferEncoding: part.transferEncoding,
    fileNames: part.fileNames,
    content: contentOf(source),
  };
}

function contentOf(source: LaidOutPart): NodeContent {
  if (!source.part.isContainer) return { kind: 'original', source };
  const kind = source.part.boundary === undefined ? 'message' : 'multipart';
  return { kind, source, children: source.children.map(treeOf) };
}

export function childrenOf(node: TreeNode): Children {
  return 'children' in node.content ? node.content.children : [];
}

/** All nodes in the order of the message, parents before their children. */
export function* walkTree(root: TreeNode): Generator<PlacedNode, void, void> {
  yield* walkFrom({ path: '1', depth: 0, node: root, parent: undefined });
}

function* walkFrom(placed: PlacedNode): Generator<PlacedNode, void, void> {
  yield placed;
  const { path, depth, node: parent } = placed;
  for (const [index, node] of childrenOf(parent).entries()) {
    yield* walkFrom({ path: `${path}.${index + 1}`, depth: depth + 1, node, parent });
  }
}

/** The nodes from the root down to `path`; undefined when there is no such part. */
export function lineageOf(root: TreeNode, path: string): readonly TreeNode[] | undefined {
  if (!/^1(?:\.[1-9]\d{0,8})*$/.test(path)) return undefined;
  const line = [root];
  for (const index of indexesOf(path)) {
    const child = childrenOf(line.at(-1) ?? root)[index];
    if (child === undefined) return undefined;
    line.push(child);
  }
  return line;
}

/** The tree with another node, or none, at `path`; the nodes beside the way there are shared. */
export function withNode(root: TreeNode, path: string, node: TreeNode | undefined): TreeNode {
  const replaced = replaceAt(root, indexesOf(path), node);
  if (replaced === undefined) throw new Error('a tree needs a root');
  return replaced;
}

function replaceAt(
  at: TreeNode,
  indexes: readonly number[],
  node: TreeNode | undefined,
): TreeNode | undefined {
  const [index, ...rest] = indexes;
  if (index === undefined) return node;
  const { content } = at;
  const child = childrenOf(at)[index];
  if (child === undefined || !('children' in content)) return at;
  const next = replaceAt(child, rest, node);
  const children = content.children.toSpliced(index, 1, ...(next === undefined ? [] : [next]));
  return { ...at, content: { ...content, children } };
}

function indexesOf(path: string): readonly number[] {
  return path
    .split('.')
    .slice(1)
    .map((number) => Number(number) - 1);
}
