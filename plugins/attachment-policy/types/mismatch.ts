// Owns the question whether a file is what it says it is, as far as that matters: which contents do not
// belong under which names. Programs are left out, since they are told by content anyway. Pure.

/** Contents that some program acts on although the name calls up another one. */
const archives = [
  'zip',
  '7z',
  'rar',
  'gz',
  'tar.gz',
  'bz2',
  'xz',
  'zst',
  'tar',
  'cab',
  'arj',
  'ace',
  'lzh',
];
const office = [
  'docx',
  'docm',
  'dotx',
  'dotm',
  'xlsx',
  'xlsm',
  'xltx',
  'xltm',
  'pptx',
  'pptm',
  'vsdx',
].concat(['odf', 'odt', 'ods', 'odp', 'cfb', 'doc', 'xls', 'ppt', 'rtf', 'xml', 'mht']);
const markup = ['html', 'svg', 'xml'];
const disks = ['iso', 'udf', 'img', 'vhd', 'vhdx'];
const matters: ReadonlySet<string> = new Set(
  [
    archives,
    office,
    markup,
    disks,
    ['pdf', 'lnk', 'url', 'one', 'chm', 'msi', 'jar', 'apk'],
  ].flat(),
);

interface Family {
  readonly extensions: readonly string[];
  /** Of what matters, what is ordinary under these names. */
  readonly ordinary: readonly string[];
}

const families: readonly Family[] = [
  { extensions: ['pdf'], ordinary: ['pdf'] },
  {
    extensions: words(
      'jpg jpeg png gif bmp tif tiff webp heic avif ico mp3 wav ogg flac m4a mp4 avi mov mkv mpg mpeg wmv webm',
    ),
    ordinary: [],
  },
  { extensions: words('txt log md json ics vcf'), ordinary: [...markup, 'rtf', 'mht'] },
  // Many programs write web pages or other Office formats under these names.
  {
    extensions: words(
      'doc docx dot dotx docm dotm rtf odt xls xlsx xlsm xlsb csv ods ppt pptx pptm pps ppsx odp',
    ),
    ordinary: [...office, 'html'],
  },
  { extensions: words('htm html xhtml svg xml'), ordinary: [...markup, 'mht'] },
  {
    extensions: words('zip rar 7z gz tgz bz2 xz zst tar'),
    ordinary: [...archives, ...office, 'jar'],
  },
];

const familyOfExtension = new Map(
  families.flatMap(({ extensions, ordinary }) =>
    extensions.map((extension) => [extension, new Set(ordinary)] as const),
  ),
);

const ordinaryByType: readonly (readonly [type: RegExp, ordinary: ReadonlySet<string>])[] = [
  [/^application\/pdf$/, new Set(['pdf'])],
  [/^image\/svg/, new Set(markup)],
  [/^(?:image|audio|video)\//, new Set()],
];

/** What it is, where it does not say so; undefined where all is well. */
export function findMismatch(
  detected: string | undefined,
  extensions: ReadonlySet<string>,
  declaredType: string | undefined,
): string | undefined {
  if (detected === undefined || !matters.has(detected)) return undefined;
  if (extensions.size > 0) {
    const families = [...extensions].map((extension) => familyOfExtension.get(extension));
    return families.some((family) => family?.has(detected) === false) ? detected : undefined;
  }
  const ordinary = ordinaryByType.find(([type]) => type.test(declaredType ?? ''))?.[1];
  return ordinary !== undefined && !ordinary.has(detected) ? detected : undefined;
}

function words(text: string): string[] {
  return text.split(' ');
}
