// Owns the table of what is opened how: by content, and by what a file claims to be, since the program
// that its name calls up may find in it what its first octets do not show.

import { openGzip, openZstd } from './archives/compressed.ts';
import { openBzip2AndXz, openForeign } from './archives/foreign.ts';
import { openTar } from './archives/tar.ts';
import { openZip } from './archives/zip.ts';
import { openFlatOffice } from './documents/flat-office.ts';
import { isPlainPage, openHtml } from './documents/html.ts';
import { openCompound } from './documents/ole-document.ts';
import { openPdf } from './documents/pdf.ts';
import { openRtf } from './documents/rtf.ts';
import { openSvg } from './documents/svg.ts';
import type { Inside } from './facts.ts';
import { inspector, type Opener } from './opener.ts';

export interface OpenerChoice {
  readonly open: Opener;
  /** Whether what is opened counts as a level of depth. */
  readonly nesting: 'archive' | 'document';
  /** True when opening a file of these octets, which are all it has, would tell nothing. */
  isPlain?(octets: Buffer): boolean;
}

function archive(open: Opener): OpenerChoice {
  return { open, nesting: 'archive' };
}

function document(open: Opener): OpenerChoice {
  return { open, nesting: 'document' };
}

/** Known for what it is, and by no means to be opened here. */
const openNothing = inspector(async ({ note }) => {
  note('unreadable-archive', 'its format cannot be read');
});

const zip = archive(openZip);
const foreign = archive(openForeign);
const html: OpenerChoice = { ...document(openHtml), isPlain: isPlainPage };

/** What the npm package file-type takes for more than a zip archive, is one all the same. */
const zipTypes = `zip docx docm dotx dotm xlsx xlsm xltx xltm pptx pptm potx potm ppsx ppsm vsdx odt
  ods odp odg ott ots otp otg jar apk epub xpi 3mf key numbers pages`.split(/\s+/);

const openersByType: ReadonlyMap<string, OpenerChoice> = new Map([
  ...zipTypes.map((type) => [type, zip] as const),
  ...['7z', 'rar', 'cab', 'iso', 'lzh', 'cpio', 'ar', 'deb', 'rpm', 'Z', 'lz'].map(
    (type) => [type, foreign] as const,
  ),
  ...['arj', 'ace', 'lz4', 'lzma'].map((type) => [type, archive(openNothing)] as const),
  ['gz', archive(openGzip)],
  ['tar.gz', archive(openGzip)],
  ['zst', archive(openZstd)],
  ['bz2', archive(openBzip2AndXz)],
  ['xz', archive(openBzip2AndXz)],
  ['tar', archive(openTar)],
  ['cfb', archive(openCompound)],
  ['pdf', document(openPdf)],
  ['html', html],
  ['hta', html],
  ['svg', document(openSvg)],
  ['rtf', document(openRtf)],
  ['xml', document(openFlatOffice)],
  ['mht', document(openFlatOffice)],
]);

const claimedByExtension: Readonly<Record<string, string>> = {
  zip: 'zip',
  pdf: 'pdf',
  htm: 'html',
  html: 'html',
  shtml: 'html',
  xhtml: 'html',
  xht: 'html',
  svg: 'svg',
  mht: 'mht',
  mhtml: 'mht',
};

const claimedByType: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'application/zip': 'zip',
    'application/x-zip-compressed': 'zip',
    'application/pdf': 'pdf',
    'text/xml': 'html',
    'application/xml': 'html',
    'text/html': 'html',
    'application/xhtml+xml': 'html',
    'image/svg+xml': 'svg',
  }),
);

/** A browser runs the scripts of a page whatever the names of its elements. Parts of documents are no pages. */
const pageOutsideDocuments: ReadonlySet<string> = new Set(['xml', 'xsl', 'xslt']);

/** Of files that nothing tells by their start: some programs look further for what the name promises. */
const lastResort: Readonly<Record<string, string>> = {
  ...Object.fromEntries(zipTypes.map((type) => [type, 'zip'])),
  ...Object.fromEntries(
    '7z rar tar gz bz2 xz zst lzma lzh arj ace lz4'.split(' ').map((type) => [type, type]),
  ),
  doc: 'rtf',
  rtf: 'rtf',
  tgz: 'gz',
  tbz: 'bz2',
  tbz2: 'bz2',
  txz: 'xz',
  lha: 'lzh',
};

export interface Claims {
  /** Endings of the names, in lower case. */
  readonly extensions: ReadonlySet<string>;
  readonly declaredType: string | undefined;
  readonly inside: Inside;
  readonly isEmpty: boolean;
}

export function openersFor(detected: string | undefined, claims: Claims): OpenerChoice[] {
  const choices: OpenerChoice[] = [];
  const choose = (type = ''): void => {
    const choice = openersByType.get(type);
    if (choice !== undefined && !choices.includes(choice)) choices.push(choice);
  };
  choose(detected);
  if (claims.extensions.size > 0) typesOfNames(detected, claims).forEach(choose);
  choose(claimedByType.get(claims.declaredType ?? ''));
  return choices;
}

function typesOfNames(
  detected: string | undefined,
  { extensions, inside, isEmpty }: Claims,
): (string | undefined)[] {
  const endings = [...extensions];
  // The mark of a PDF may stand in the midst of something else.
  const isTold = isEmpty || (detected !== 'pdf' && openersByType.has(detected ?? ''));
  return [
    ...endings.map((extension) => claimedByExtension[extension]),
    ...(inside !== 'document' && endings.some((each) => pageOutsideDocuments.has(each))
      ? ['html']
      : []),
    ...(isTold ? [] : endings.map((extension) => lastResort[extension])),
  ];
}
