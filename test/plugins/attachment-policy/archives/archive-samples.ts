// Owns archives that cannot be written in a few lines. All were made for these tests by the programs
// named; each holds `todo.txt` ("Buy milk.") and `a/setup.exe` ("Not a program.") unless said otherwise.
import { gunzipSync } from 'node:zlib';

function base64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

/** 7-Zip 26.02, LZMA. */
export const sevenZip = base64(
  'N3q8ryccAAR68WhVegAAAAAAAAAgAAAAAAAAAJCAGqoBABhOb3QgYSBwcm9ncmFtLkJ1eSBtaWxrLg0KAAAAgTMHrg/P2W+8D+vqnL82Pf53Qe42TVLUGPMkbzPRh01nlv1AX93AX3ZAPhXdKiJ/7lRafesLFPjybo7F2N6AiXgzlVtGoBJbcarLMB3F3CvD1Dyho5VahQ5UABcGHQEJXQAHCwEAASMDAQEFXQAQAAAMagoBBu6fOgAA',
);

/** 7-Zip 26.02 with a password: `todo.txt` alone. */
export const sevenZipEncrypted = base64(
  'N3q8ryccAAQDxUyfEAAAAAAAAABeAAAAAAAAAGXPEAmUcXYd6/zqKNp/Rs6Cuuh1AQQGAAEJEAAHCwEAAiQG8QcBElMPIFO+4skbPVA9idMBtBElpSEhAQABAAwPCwAICgGGLWJCAAAFARkBABETAHQAbwBkAG8ALgB0AHgAdAAAABkAFQYBACCApIEAAA==',
);

/** The same, with its names encrypted as well. */
export const sevenZipHidden = base64(
  'N3q8ryccAAS0JQcscAAAAAAAAAAuAAAAAAAAABT8hhhQhQ51Jysy63f+PurSPFAkQJe1/uExP/hfoOdPrMbfS+7pjolm8pfnpouvIR8ox96zlrKS4Hno2bQj6BOu+v6++ctsWEaJa0LpyhCSsPpd4fY7v5AkHWlKwKMl47ysP890WnwyPaGQs8fAT0b8nBI5FwYQAQlgAAcLAQABJAbxBwESUw/DEpUXJSVN5FBih/92628cDF4KAas5yEUAAA==',
);

/** bzip2 1.0.8 of "Not a program." */
export const bzip2 = base64(
  'QlpoOTFBWSZTWaDfUZEAAAGVgEABAAEggtQAIAAxADAgNNMjBAa2+CZ8XckU4UJCg31GRA==',
);

/** bzip2 1.0.8 of 30,000,000 zero octets. */
export const bzip2Bomb = base64('QlpoOTFBWSZTWRkjKSIA5cfAAMAIAAggADDMCappgqEo2qqUJR4u5IpwoSAyRlJE');

/** bzip2 1.0.8 of a tar archive. */
export const tarBzip2 = base64(
  'QlpoOTFBWSZTWSyMMGUAALD/hMoSQEBAAf8AEAECQGau3mAAAJAIIACUCUkxE9TahmpkyHog02KCUkGgA0AAAB9yYKkFDY8oAI1oIiEowgB8ZS0LCcUIgVCc3LRh9KjlLz897bMcPELhQBrq8CMGmCzNopaGDCscCyoi0UKLCYoH0xxL6TzXlOeVsuNqHAN6V2FI3m5KwcQUkCUsLqFGLc8RA/i7kinChIFkYYMo',
);

/** xz 5.4 of "Not a program." */
export const xz = base64(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQANTm90IGEgcHJvZ3JhbS4AAADI48XOCWojMgABJg4IG+AEH7bzfQEAAAAABFla',
);

/** genisoimage 1.1.11 with Joliet names; most of it is empty. */
export function isoImage(): Buffer {
  return gunzipSync(base64(isoText));
}

const isoText =
  'H4sIAAAAAAACA+3d70vbQBjA8Sd9VSyTIe4Hwx+nbKDgYlqlruxV1p41rm1Gk0J9NQqTMTZRnML2Zv/69iRpEX/UONhU6vdzpne5PE30PHi42kYRAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADg1BueV3akFXR6fTNevdEN29ccH51v+Vx1zXX1K9mkWJTZrGt29uzw0+wkc9nenBSTqii/Ss9m1p5IYfR8gzvVtJ0gCoO237RGG6ZWrXrrO9uR2Q5aNtqLYts29a7147BrVuqrplyrbRjr7oW9TrPht+yoc+t1xfOqZtf9YP1uFHbWd92ovhO0dFY205jkcBKzlUzE90FsYuu3b/3HrXiVarlc2Si/2dyslD1PLnV4F1yOYNI+dCQd3BuFYf6XlgTSkZ70xVxZ6tKQroTSHnP8Qv5/tW7/Ov8/Pzv8IjvXQra3MC7/j/leKLdVmmJ11gQS6cwIdG74aY8Z9hipSVWLJx9lR7a1z+hjoHPNantPt1hb7XR2dbXl636oLSMr2rOqdVnPUJMNbVlx9RmhztCOXqOhsa30Svnl3wWR/0H+xwT5Pcr/AAAAAABgYjnp39iddJtPH30GBQAAAACAiVv/S/L+emfYmheH9T8AAAAAAJO3/l8YvgpQkMWsNWBUAAAAAACYtPW/JPfXcZL1v1rUFut/AAAAAAAmTP499nMjnOX0zgGSfHrg6gh/bXSDYFPK6tIwQrKIqThshG7cj9+W+ZUAAHAL+T8nd98g/6/JUhaxNJ3V0+ezeymyce+Da/uW9A4AwP3I/3n/Yyc3wnmZfnJAkncPXBlRkIFUcl4BeCwnciifdHO19UM3AADw//L/9bn7Jvl/M2f9PyPfZV8z+qkcaXbf1+y+z8ADAHCH3p3+NAdfvn11H00xGAAAPBCdwxMzMEfHh5+PBwcu4wEAwEPwB+uX1+IAEAEA';
