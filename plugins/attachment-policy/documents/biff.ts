// Owns what the head of an old Excel workbook (MS-XLS) says of it. Pure.

export interface Workbook {
  readonly isEncrypted: boolean;
  /** Name of a sheet with macros of Excel 4. */
  readonly macroSheet: string | undefined;
}

const boundSheet = 0x0085;
const filePass = 0x002f;
const endOfGlobals = 0x000a;
const macroSheetType = 1;

export function readWorkbook(octets: Buffer): Workbook {
  let isEncrypted = false;
  let macroSheet: string | undefined;
  for (let at = 0; at + 4 <= octets.length; ) {
    const record = octets.readUInt16LE(at);
    const data = octets.subarray(at + 4, at + 4 + octets.readUInt16LE(at + 2));
    if (record === endOfGlobals) break;
    if (record === filePass) isEncrypted = true;
    // s.2.4.28: the offset of the sheet, its visibility, its type, and its name.
    if (record === boundSheet && data.length >= 8 && data.readUInt8(5) === macroSheetType) {
      macroSheet ??= sheetName(data);
    }
    at += 4 + data.length;
  }
  return { isEncrypted, macroSheet: isEncrypted ? undefined : macroSheet };
}

function sheetName(data: Buffer): string {
  const length = data.readUInt8(6);
  const isWide = (data.readUInt8(7) & 1) !== 0;
  return data.toString(isWide ? 'utf16le' : 'latin1', 8, 8 + (isWide ? length * 2 : length));
}
