// Owns the rule base64-plain-text.
import type { BuiltInRule } from '../built-in-rule.ts';

export const base64PlainText: BuiltInRule = {
  name: 'base64-plain-text',
  logOdds: 0.3,
  about: 'text in plain ASCII is sent in base64, which hides it from simple filters',
  find({ parts, plainText, html }) {
    const isHidden = parts.some(
      ({ contentType, transferEncoding, fileNames }) =>
        transferEncoding === 'base64' &&
        (contentType === 'text/plain' || contentType === 'text/html') &&
        fileNames.length === 0,
    );
    if (!isHidden) return undefined;
    const text = plainText + (html?.visibleText ?? '');
    return text.length > fewestLetters && !/[^\0-\x7f]/.test(text) ? 'base64' : undefined;
  },
};

const fewestLetters = 40;
