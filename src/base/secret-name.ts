// Owns the guess, from its name alone, whether a value must not be printed.

const anywhere =
  /password|passwd|passphrase|secret|token|credential|authorization|cookie|api_?key|private_?key/;
// As a part of another word, such as compass or bypass, it means nothing.
const asWord = /(?:^|_)(?:pass|pwd)(?:_|$)/;

/** True for `password`, `userPass`, `client_secret`, `accessToken`, `Proxy-Authorization` and the like. */
export function isSecretName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
  return anywhere.test(words) || asWord.test(words);
}
