// Owns the example exchanges of the RFCs, for the user "user" with the password "pencil".
import type { ScramHash } from '../../src/upstream/scram.ts';

export interface ScramVector {
  readonly source: string;
  readonly hash: ScramHash;
  readonly mechanism: string;
  readonly nonce: string;
  readonly clientFirst: string;
  readonly serverFirst: string;
  readonly clientFinal: string;
  readonly serverFinal: string;
}

const sha1Nonces = 'fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j';
const sha256Nonces = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';

export const scramVectors: readonly ScramVector[] = [
  {
    source: 'RFC 5802 s.5',
    hash: 'sha1',
    mechanism: 'SCRAM-SHA-1',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    clientFirst: 'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    serverFirst: `r=${sha1Nonces},s=QSXCR+Q6sek8bf92,i=4096`,
    clientFinal: `c=biws,r=${sha1Nonces},p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=`,
    serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    source: 'RFC 7677 s.3',
    hash: 'sha256',
    mechanism: 'SCRAM-SHA-256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    serverFirst: `r=${sha256Nonces},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
    clientFinal: `c=biws,r=${sha256Nonces},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
];
