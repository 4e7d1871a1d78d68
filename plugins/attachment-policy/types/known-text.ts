// Owns which texts the npm package file-type may know: asking it costs more than all else that is done
// about an ordinary letter. Pure.

/** How they begin; of those that go on with octets that no text has, nothing is said here. */
const beginnings = `
  BM MZ %! GIF BZh ID3 MP+ CWS FWS FLIF 8BPS MPCK FORM icns OggS MThd wOFFOTTO wOF2OTTO LZIP fLaC wvpk
  %PDF SQLi Cr24 MSCF ISc( !BDN PAR1 PARE ttcf regf $FL2 $FL3 #!AMR {\\rtf IMPM ITSF .RMF DRACO AC10
  070707 BLENDER !<arch> WEBVTT REGEDIT4 RIFF FRM8 BEGIN:V FUJIFILMCCD-RAW
`
  .trim()
  .split(/\s+/)
  .concat('DSD ', 'MAC ', 'solid ', 'gimp xcf ', 'Extended Module:', 'Creative Voice File')
  .concat('Kaydara FBX Binary', '-----BEGIN PGP MESSAGE-----');

const known = new RegExp(`^(?:${beginnings.map(literally).join('|')})`);

/** What stands further on in them, behind so many octets. */
const furtherOn: readonly (readonly [at: number, text: string])[] = [
  ...['-lh', '-lz'].map((text) => [2, text] as const),
  ...['free', 'mdat', 'moov', 'wide', 'ftyp'].map((text) => [4, text] as const),
  [7, '**ACE'],
  [34, 'LP'],
  [36, 'acsp'],
  [44, 'SCRM'],
  [60, 'BOOKMOBI'],
  [128, 'DICM'],
  [257, 'ustar'],
];

/** ISO 13818-1 s.2.4.3.2: the first octet of a packet, also behind four that some add, and of the next. */
const packetMark = 0x47;
const packets = [
  [0, 188],
  [4, 196],
] as const;

/** It is given the octets that are there with zeros behind them, which some files have at this place. */
const paddedOctets = 32;
const plainStart = /^[\t\n\r -~]{16}/;

/** A header of tar without its mark is told by its checksum alone, if it ends in zeros. */
const tarChecksumAt = 148;
const tarMarkAt = 257;
const octalNumber = /^.{0,5}[0-7]/s;

/** False only for what the package does not know, or has no other word for than `xml`. */
export function mayBeKnown(head: Buffer): boolean {
  if (head.length < paddedOctets) return true;
  const start = head.toString('latin1', 0, tarMarkAt + 5);
  return (
    !plainStart.test(start) ||
    known.test(start) ||
    furtherOn.some(([at, text]) => start.startsWith(text, at)) ||
    packets.some((marks) => marks.every((at) => head[at] === packetMark)) ||
    (!(head[tarMarkAt] ?? 0) && octalNumber.test(start.slice(tarChecksumAt)))
  );
}

function literally(text: string): string {
  return text.replaceAll(/[^\w ]/g, String.raw`\$&`);
}
