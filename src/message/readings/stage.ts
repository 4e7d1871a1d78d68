// Owns the steps by which the octets of a message become what some reader makes of them.
import { createTransferDecoder, type TransferDecoder } from '../transfer-decoding.ts';
import { type Base64Variant, createBase64Variant } from './base64-variants.ts';
import { BoundaryRewrite, type BoundaryRule } from './boundary-rewrite.ts';
import { CompressedRtf } from './compressed-rtf.ts';
import { FileBundle } from './file-bundle.ts';
import { createLineEndRewrite, type LineEndVariant } from './line-end-rewrite.ts';
import {
  createQuotedPrintableVariant,
  type QuotedPrintableVariant,
} from './quoted-printable-variants.ts';
import { SignedContent } from './signed-content.ts';
import { UuDecoder } from './uuencode.ts';
import { createWideText, type WideCharset } from './wide-text.ts';
import { YencDecoder } from './yenc.ts';

/** A file within a stream. */
export interface WrappedFile {
  readonly header: Buffer;
  readonly start: number;
  readonly end: number;
  readonly stages: readonly Stage[];
}

export type Stage =
  | { readonly kind: 'bundle'; readonly files: readonly WrappedFile[]; readonly boundary: string }
  /** As `parts()` decodes it. */
  | { readonly kind: 'transferEncoding'; readonly encoding: string }
  | { readonly kind: 'base64'; readonly variant: Base64Variant }
  | { readonly kind: 'quotedPrintable'; readonly variant: QuotedPrintableVariant }
  | { readonly kind: 'uuencode' }
  | { readonly kind: 'yenc' }
  | { readonly kind: 'compressedRtf' }
  | { readonly kind: 'signedContent' }
  | { readonly kind: 'wideText'; readonly charset: WideCharset }
  | { readonly kind: 'lineEnds'; readonly variant: LineEndVariant }
  | { readonly kind: 'boundary'; readonly rule: BoundaryRule };

export function createStage(stage: Stage): TransferDecoder {
  switch (stage.kind) {
    case 'bundle':
      return new FileBundle(
        stage.files.map((file) => ({ ...file, createDecoder: () => createStages(file.stages) })),
        stage.boundary,
      );
    case 'transferEncoding':
      return createTransferDecoder(stage.encoding);
    case 'base64':
      return createBase64Variant(stage.variant);
    case 'quotedPrintable':
      return createQuotedPrintableVariant(stage.variant);
    case 'uuencode':
      return new UuDecoder();
    case 'yenc':
      return new YencDecoder();
    case 'compressedRtf':
      return new CompressedRtf();
    case 'signedContent':
      return new SignedContent();
    case 'wideText':
      return createWideText(stage.charset);
    case 'lineEnds':
      return createLineEndRewrite(stage.variant);
    case 'boundary':
      return new BoundaryRewrite(stage.rule);
  }
}

/** Several steps as one. */
export function createStages(stages: readonly Stage[]): TransferDecoder {
  const steps = stages.map(createStage);
  return {
    push: (chunk) => steps.reduce((octets, step) => step.push(octets), chunk),
    end() {
      let rest: Buffer = Buffer.alloc(0);
      for (const step of steps) {
        const pushed = rest.length === 0 ? rest : step.push(rest);
        const ended = step.end();
        rest = pushed.length === 0 ? ended : Buffer.concat([pushed, ended]);
      }
      return rest;
    },
  };
}
