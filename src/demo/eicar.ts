// Owns the EICAR test string, the harmless agreed stand-in for a virus. It is put together at run
// time, so that no scanner ever finds it in this source or in a checkout of it.

const firstHalf = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICA';
const secondHalf = 'R-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';

/** The 68 octets that every scanner reports. */
export function assembleEicar(): string {
  return firstHalf + secondHalf;
}
