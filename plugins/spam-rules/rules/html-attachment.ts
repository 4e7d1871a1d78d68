// Owns the rule html-attachment.
import type { BuiltInRule } from '../built-in-rule.ts';

export const htmlAttachment: BuiltInRule = {
  name: 'html-attachment',
  logOdds: 1.5,
  about: 'a page, or a picture that can hold programs, as an attachment',
  find({ parts }) {
    for (const { fileNames } of parts) {
      const page = fileNames.find((name) => pages.test(name));
      if (page !== undefined) return page;
    }
    return undefined;
  },
};

const pages = /\.(?:x?html?|shtml?|mht|mhtml|svgz?|xht)$/i;
