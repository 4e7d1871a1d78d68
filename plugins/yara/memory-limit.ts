// Owns the limit on the memory of a WebAssembly module: writes it into the octets of the module, since
// neither Node nor the module's own JavaScript has a setting for it. Pure.

const pageBytes = 64 * 1024;
const preambleBytes = 8;
/** WebAssembly core specification s.5.5.8. */
const memorySection = 5;
const hasMaximum = 1;

/** Growing beyond it fails, as it does where the machine has no more. Throws for what is no such module. */
export function withMemoryLimit(module: Uint8Array, maxBytes: number): Uint8Array {
  for (let at = preambleBytes; at < module.length; ) {
    const id = module[at];
    const size = readNumber(module, at + 1);
    const end = size.next + size.value;
    if (id === memorySection) {
      const section = limitedSection(module, size.next, maxBytes);
      return Buffer.concat([module.subarray(0, at), section, module.subarray(end)]);
    }
    at = end;
  }
  throw new Error('the module has no memory of its own');
}

function limitedSection(module: Uint8Array, start: number, maxBytes: number): Uint8Array {
  const count = readNumber(module, start);
  const flags = readNumber(module, count.next);
  const min = readNumber(module, flags.next);
  if (count.value !== 1 || flags.value > hasMaximum)
    throw new Error('the memory is of another kind');
  const maxPages = Math.max(min.value, Math.floor(maxBytes / pageBytes));
  const body = [1, hasMaximum, ...toNumber(min.value), ...toNumber(maxPages)];
  return Uint8Array.from([memorySection, ...toNumber(body.length), ...body]);
}

/** LEB128, s.5.2.2. */
function readNumber(
  octets: Uint8Array,
  start: number,
): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let at = start, factor = 1; at < start + 5; at += 1, factor *= 128) {
    const octet = octets[at];
    if (octet === undefined) break;
    value += (octet & 0x7f) * factor;
    if (octet < 0x80) return { value, next: at + 1 };
  }
  throw new Error('the module cannot be read');
}

function toNumber(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low | 0x80, ...toNumber(Math.floor(value / 128))];
}
