// Owns files that were dropped into an Office document: the stream \1Ole10Native of the program
// "Packager". Pure.

export interface NativeObject {
  readonly names: readonly string[];
  readonly content: Buffer;
}

const maxNameBytes = 1024;

/** Undefined when it is the data of some other program. */
export function readNativeObject(octets: Buffer): NativeObject | undefined {
  // MS-OLEDS s.2.3.6 has only the length; what follows is as Packager writes it: a flag, label and
  // path, four octets, the length of a temporary path and that path, the length of the content.
  let at = 6;
  const names = new Set<string>();
  for (const _ of ['label', 'path']) {
    const end = octets.indexOf(0, at);
    if (end === -1 || end - at > maxNameBytes) return undefined;
    names.add(octets.toString('latin1', at, end));
    at = end + 1;
  }
  at += 4;
  if (at + 4 > octets.length) return undefined;
  const temporaryBytes = octets.readUInt32LE(at);
  at += 4;
  if (temporaryBytes > maxNameBytes || at + temporaryBytes + 4 > octets.length) return undefined;
  names.add(octets.toString('latin1', at, at + temporaryBytes).replace(/\0.*$/s, ''));
  at += temporaryBytes;
  const length = octets.readUInt32LE(at);
  names.delete('');
  return { names: [...names], content: octets.subarray(at + 4, at + 4 + length) };
}
