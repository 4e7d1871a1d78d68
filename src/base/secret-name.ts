// Owns the guess, from its name alone, whether a value must not be printed.

const anywhere =
  /password|passwd|passphrase|secret|token|credential|authorization|cookie|api_?key|private_?key/;
// As a part of another word, such as compass or bypass, it means nothing.
const asWord = /(?:^|_)(?:pass|pwd)(?:_|$)/;

// Names of fields are words of the source, and few; names that a stranger could choose must not pile up.
const mostRemembered = 1000;
const longestRemembered = 64;
const remembered = new Map<string, boolean>();

/** True for `password`, `userPass`, `client_secret`, `accessToken`, `Proxy-Authorization` and the like. */
export function isSecretName(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const isSecret = hasSecretWord(name);
  if (remembered.size < mostRemembered && name.length <= longestRemembered) {
    remembered.set(name, isSecret);
  }
  return isSecret;
}

function hasSecretWord(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
  return anywhere.test(words) || asWord.test(words);
}
