// Owns making a failing input small enough to read. It does not care why the input fails.

const plainOctet = 0x61;

/** Bounds the work; what is reached by then is small enough. */
const maxAttempts = 3000;

/** The smallest input found for which `fails` holds: ever smaller pieces removed, then octets made plain. */
export function minimise(input: Buffer, fails: (candidate: Buffer) => boolean): Buffer {
  let smallest = input;
  let attempts = 0;
  const accepts = (candidate: Buffer): boolean => {
    attempts += 1;
    if (attempts > maxAttempts || !fails(candidate)) return false;
    smallest = candidate;
    return true;
  };
  for (let size = Math.ceil(input.length / 2); size >= 1; size = nextSize(size)) {
    for (let at = 0; at < smallest.length; ) {
      const rest = [smallest.subarray(0, at), smallest.subarray(at + size)];
      if (!accepts(Buffer.concat(rest))) at += size;
    }
  }
  for (let at = 0; at < smallest.length; at += 1) {
    if (smallest[at] === plainOctet) continue;
    const plainer = Buffer.from(smallest);
    plainer[at] = plainOctet;
    accepts(plainer);
  }
  return smallest;
}

function nextSize(size: number): number {
  return size === 1 ? 0 : Math.ceil(size / 2);
}
