// Owns telling OneNote notebooks: pages whose pictures hide files behind them. Pure.
import { findSignature, type Kind, signature } from './kind.ts';

const notebook: Kind = { type: 'one', trait: 'onenote' };

// MS-ONESTORE s.2.3.1: guidFileType of a section and of a table of contents, and the one of files
// that were fetched by cloud services (MS-ONESTORE s.2.8.1).
const signatures = [
  signature({ hex: 'e4 52 5c 7b 8c d8 a7 4d ae b1 53 78 d0 29 96 d3' }, notebook),
  signature({ hex: 'a1 2f ff 43 d9 ef 76 4c 9e e2 10 ea 57 22 76 5f' }, notebook),
];

export function findNotebook(head: Buffer): Kind | undefined {
  return findSignature(head, signatures);
}
