// Owns what a server that expects a PROXY protocol header is told of a check-up: that nobody is behind it.
import type { UpstreamTarget } from '../../config/schema.ts';
import { unknownVersion1 } from '../../proxy-protocol/version-1.ts';
import { localVersion2 } from '../../proxy-protocol/version-2.ts';

const headers = { v1: unknownVersion1, v2: localVersion2 } as const;

export function introductionTo({
  proxyProtocol,
}: Pick<UpstreamTarget, 'proxyProtocol'>): Buffer | undefined {
  return proxyProtocol && headers[proxyProtocol];
}
