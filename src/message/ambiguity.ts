// Owns the list of ways in which readers of mail disagree about the same octets. docs/ambiguities.md
// explains each of them.

/** See `Ambiguity` of the plugin API: are all readings to be had here, or may some reader get more? */
export type Reach = 'resolved' | 'unresolved';

/** Names are stable: rules of administrators refer to them. */
export const ambiguityKinds = {
  // Header fields
  'duplicate-content-type': 'resolved',
  'duplicate-transfer-encoding': 'resolved',
  'content-type-spelling': 'resolved',
  'transfer-encoding-spelling': 'resolved',
  'unknown-transfer-encoding': 'unresolved',
  'conflicting-file-names': 'resolved',
  'missing-mime-version': 'resolved',
  // The header block
  'blank-before-colon': 'resolved',
  'odd-header-octets': 'resolved',
  'junk-header-line': 'resolved',
  'broken-folding': 'resolved',
  'blank-header-line': 'resolved',
  'header-after-blank-line': 'resolved',
  'bare-line-ends': 'resolved',
  // Boundaries
  'duplicate-boundary': 'resolved',
  'continued-boundary': 'resolved',
  'boundary-spelling': 'resolved',
  'boundary-junk': 'resolved',
  'missing-boundary': 'resolved',
  'empty-boundary': 'resolved',
  'unclosed-multipart': 'resolved',
  'parts-after-end': 'resolved',
  'preamble-part': 'resolved',
  'epilogue-part': 'resolved',
  // Messages in messages
  'encoded-multipart': 'resolved',
  'encoded-message': 'resolved',
  'message-in-text': 'resolved',
  'message-in-file': 'resolved',
  'signed-content': 'resolved',
  'digest-default-type': 'resolved',
  'partial-message': 'unresolved',
  'external-body': 'unresolved',
  // Content
  'padding-inside-base64': 'resolved',
  'foreign-characters-in-base64': 'resolved',
  'illegal-escape-in-quoted-printable': 'resolved',
  'blanks-in-soft-break': 'resolved',
  'utf-7-text': 'resolved',
  'utf-16-text': 'resolved',
  // Files in other wrappings
  uuencode: 'resolved',
  yenc: 'resolved',
  'yenc-piece': 'unresolved',
  binhex: 'unresolved',
  tnef: 'resolved',
  'damaged-tnef': 'unresolved',
  // The search itself
  'too-many-readings': 'unresolved',
} as const satisfies Readonly<Record<string, Reach>>;

export type AmbiguityKind = keyof typeof ambiguityKinds;
