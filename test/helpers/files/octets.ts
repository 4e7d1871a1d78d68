// Owns numbers as the octets that file formats write them in: little endian unless said otherwise.

export function u8(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

export function u16(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16LE(value);
  return octets;
}

export function u16be(value: number): Buffer {
  return u16(value).swap16();
}

export function u32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value);
  return octets;
}

export function u32be(value: number): Buffer {
  return u32(value).swap32();
}

export function u64(value: number): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64LE(BigInt(value));
  return octets;
}

/** `octets`, filled with NUL to a multiple of `unit`. */
export function filled(octets: Buffer, unit: number): Buffer {
  return Buffer.concat([octets, Buffer.alloc((unit - (octets.length % unit)) % unit)]);
}

/** Text in a field of fixed length. */
export function field(text: string, length: number, filler = '\0'): Buffer {
  return Buffer.from(text.padEnd(length, filler), 'latin1');
}
