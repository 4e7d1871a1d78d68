// Owns writing of compound files (MS-CFB version 3) for tests: storages and streams, large and small.

export interface BuiltStream {
  /** Storages and the name, `/` between them. */
  readonly path: string;
  readonly content: Buffer;
}

export interface BuiltCompound {
  /** Class of the root, as 32 hexadecimal digits. */
  readonly rootClass?: string;
}

interface Node {
  readonly name: string;
  readonly content: Buffer | undefined;
  readonly children: number[];
  start: number;
}

const sectorBytes = 512;
const endOfChain = 0xffff_fffe;
const noEntry = 0xffff_ffff;
const fatSectorMark = 0xffff_fffd;
const miniBytes = 64;
const miniCutoff = 4096;
const mostInHeader = 109;

export function buildCompound(
  streams: readonly BuiltStream[],
  { rootClass }: BuiltCompound = {},
): Buffer {
  const nodes = nodesOf(streams);
  const sectors: Buffer[] = [];
  const fat: number[] = [];
  const add = (content: Buffer): number => {
    const start = sectors.length;
    const count = Math.ceil(content.length / sectorBytes);
    for (let index = 0; index < count; index += 1) {
      const sector = Buffer.alloc(sectorBytes);
      content.copy(sector, 0, index * sectorBytes);
      sectors.push(sector);
      fat.push(index === count - 1 ? endOfChain : sectors.length);
    }
    return count === 0 ? endOfChain : start;
  };

  const mini: Buffer[] = [];
  const miniFat: number[] = [];
  for (const node of nodes) {
    const { content } = node;
    if (content === undefined || content.length === 0) continue;
    if (content.length >= miniCutoff) {
      node.start = add(content);
      continue;
    }
    node.start = mini.length;
    const count = Math.ceil(content.length / miniBytes);
    for (let index = 0; index < count; index += 1) {
      const sector = Buffer.alloc(miniBytes);
      content.copy(sector, 0, index * miniBytes);
      mini.push(sector);
      miniFat.push(index === count - 1 ? endOfChain : mini.length);
    }
  }
  const miniStream = Buffer.concat(mini);
  const miniStreamStart = add(miniStream);
  const miniFatStart = add(numbers(miniFat));
  const directory = Buffer.concat(
    nodes.map((node, index) => directoryEntry(node, index, nodes, miniStream.length)),
  );
  if (rootClass !== undefined) directory.write(rootClass, 80, 'hex');
  directory.writeUInt32LE(miniStreamStart, 116);
  const directoryStart = add(directory);

  const fatSectors = Math.ceil((fat.length + 2) / 127);
  const fatStart = sectors.length;
  for (let index = 0; index < fatSectors; index += 1) fat.push(fatSectorMark);
  const table = numbers(fat);
  for (let index = 0; index < fatSectors; index += 1) {
    const sector = Buffer.alloc(sectorBytes, 0xff);
    table.copy(sector, 0, index * sectorBytes);
    sectors.push(sector);
  }
  const listed = Array.from({ length: fatSectors }, (_, index) => fatStart + index);
  const beyondHeader = listed.slice(mostInHeader);
  const listStart = sectors.length;
  for (let at = 0; at < beyondHeader.length; at += 127) {
    const isLast = at + 127 >= beyondHeader.length;
    const list = Buffer.alloc(sectorBytes, 0xff);
    numbers(beyondHeader.slice(at, at + 127)).copy(list);
    list.writeUInt32LE(isLast ? endOfChain : sectors.length + 1, 127 * 4);
    sectors.push(list);
  }
  return Buffer.concat([
    header({
      directoryStart,
      miniFatStart,
      fat: listed.slice(0, mostInHeader),
      listStart: beyondHeader.length === 0 ? endOfChain : listStart,
    }),
    ...sectors,
  ]);
}

function nodesOf(streams: readonly BuiltStream[]): Node[] {
  const nodes: Node[] = [{ name: 'Root Entry', content: undefined, children: [], start: 0 }];
  const known = new Map<string, number>([['', 0]]);
  const find = (path: string, content: Buffer | undefined): number => {
    const index = known.get(path);
    if (index !== undefined) return index;
    const cut = path.lastIndexOf('/');
    const parent = find(cut === -1 ? '' : path.slice(0, cut), undefined);
    nodes.push({ name: path.slice(cut + 1), content, children: [], start: endOfChain });
    known.set(path, nodes.length - 1);
    nodes[parent]?.children.push(nodes.length - 1);
    return nodes.length - 1;
  };
  for (const { path, content } of streams) find(path, content);
  return nodes;
}

/** Siblings hang on each other's right, which is a tree as well. */
function directoryEntry(
  node: Node,
  index: number,
  nodes: readonly Node[],
  rootBytes: number,
): Buffer {
  const entry = Buffer.alloc(128);
  entry.write(node.name, 0, 62, 'utf16le');
  entry.writeUInt16LE(Math.min(31, node.name.length) * 2 + 2, 64);
  entry.writeUInt8(index === 0 ? 5 : node.content === undefined ? 1 : 2, 66);
  const siblings = nodes.find(({ children }) => children.includes(index))?.children ?? [];
  entry.writeUInt32LE(noEntry, 68);
  entry.writeUInt32LE(siblings[siblings.indexOf(index) + 1] ?? noEntry, 72);
  entry.writeUInt32LE(node.children[0] ?? noEntry, 76);
  entry.writeUInt32LE(node.start, 116);
  entry.writeUInt32LE(index === 0 ? rootBytes : (node.content?.length ?? 0), 120);
  return entry;
}

function numbers(values: readonly number[]): Buffer {
  const octets = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) octets.writeUInt32LE(value, index * 4);
  return octets;
}

function header(starts: {
  readonly directoryStart: number;
  readonly miniFatStart: number;
  readonly fat: readonly number[];
  readonly listStart: number;
}): Buffer {
  const octets = Buffer.alloc(sectorBytes);
  octets.write('d0cf11e0a1b11ae1', 'hex');
  octets.writeUInt16LE(3, 26);
  octets.writeUInt16LE(9, 30);
  octets.writeUInt16LE(6, 32);
  octets.writeUInt32LE(starts.fat.length, 44);
  octets.writeUInt32LE(starts.directoryStart, 48);
  octets.writeUInt32LE(miniCutoff, 56);
  octets.writeUInt32LE(starts.miniFatStart, 60);
  octets.writeUInt32LE(starts.listStart, 68);
  octets.fill(0xff, 76);
  numbers(starts.fat).copy(octets, 76);
  return octets;
}
