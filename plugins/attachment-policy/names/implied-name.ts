// Owns the names of parts that have none: mail programs make one up, with the ending that belongs to the
// declared type. Pure.

const endings: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'application/hta': 'hta',
    'application/x-msdownload': 'exe',
    'application/x-msdos-program': 'exe',
    'application/x-dosexec': 'exe',
    'application/vnd.microsoft.portable-executable': 'exe',
    'application/x-msi': 'msi',
    'application/bat': 'bat',
    'application/x-bat': 'bat',
    'application/javascript': 'js',
    'application/x-javascript': 'js',
    'application/ecmascript': 'js',
    'text/javascript': 'js',
    'text/ecmascript': 'js',
    'text/vbscript': 'vbs',
    'text/vbs': 'vbs',
    'text/scriptlet': 'sct',
    'text/x-ms-regedit': 'reg',
    'text/x-registry': 'reg',
    'application/x-ms-shortcut': 'lnk',
    'application/internet-shortcut': 'url',
    'application/x-mswinurl': 'url',
    'application/java-archive': 'jar',
    'application/x-java-archive': 'jar',
    'application/x-java-jnlp-file': 'jnlp',
    'application/vnd.ms-htmlhelp': 'chm',
    'application/winhlp': 'hlp',
    'application/x-ms-application': 'application',
    'application/vnd.android.package-archive': 'apk',
    'application/x-apple-diskimage': 'dmg',
    'application/x-iso9660-image': 'iso',
  }),
);

/** Undefined where the ending would be harmless. */
export function impliedName(declaredType: string | undefined): string | undefined {
  const ending = endings.get(declaredType ?? '');
  return ending === undefined ? undefined : `attachment.${ending}`;
}
