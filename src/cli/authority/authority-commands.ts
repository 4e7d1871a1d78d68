// Owns what the commands of `postern ca` do: make the authority, hand out its certificate, list and take back
// what it has signed.
import { X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toServerName } from '../../base/dns-name.ts';
import { loadConfig } from '../../config/load.ts';
import type { AuthorityConfig } from '../../config/schema.ts';
import { Authority, createAuthority, readRevoked } from '../../tls/authority/authority.ts';
import { AuthorityFolder } from '../../tls/authority/authority-folder.ts';
import { findConfigFile } from '../config-file.ts';
import { CliError } from '../failure.ts';
import { instructions } from './instructions.ts';
import { mobileConfig } from './mobile-config.ts';

interface CommonFlags {
  readonly config?: string;
}

export interface InitFlags extends CommonFlags {
  readonly permit?: readonly string[];
  readonly anyName?: boolean;
  readonly name: string;
  readonly years: string;
}

const daysOfYear = 365;

export async function init(flags: InitFlags): Promise<void> {
  const config = await authorityOf(flags);
  const folder = new AuthorityFolder(config.folder);
  const request = {
    name: checkedName(flags.name),
    permitted: permittedBy(flags),
    days: checkedYears(flags.years) * daysOfYear,
    passphrase: config.passphrase,
  };
  const nowMs = Date.now();
  const pem = await createAuthority(request, nowMs);
  const authority = await Authority.open(pem, config.passphrase);
  try {
    await folder.create(pem.certPem, pem.keyPem, await authority.signRevoked([], nowMs));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new CliError([`postern ca init: there is an authority already in ${folder.path}`]);
  }
  const lock = config.passphrase === undefined ? 'without a passphrase' : 'under its passphrase';
  console.log(`certificate  ${folder.certificateFile}`);
  console.log(`key          ${folder.keyFile} (${lock}; keep a copy in a safe place)`);
  console.log(`signs for    ${request.permitted?.join(', ') ?? 'any name'}`);
  console.log(`fingerprint  ${new X509Certificate(pem.certPem).fingerprint256}`);
  console.log('Next: mint on a listener, and postern ca export for the clients.');
}

export async function exportFiles(flags: CommonFlags & { readonly output: string }): Promise<void> {
  const { folder, authority, certPem } = await openAuthority(await authorityOf(flags));
  const certificate = new X509Certificate(certPem);
  const entries = await readRevoked(await folder.readRevoked());
  // Signed anew, since clients do not take an old list.
  const revokedPem = await authority.signRevoked(entries, Date.now());
  await folder.replaceRevoked(revokedPem);
  await mkdir(flags.output, { recursive: true });
  const files: readonly (readonly [name: string, content: string | Buffer])[] = [
    ['postern-ca.pem', certPem],
    ['postern-ca.crt', certificate.raw],
    ['postern-ca.mobileconfig', mobileConfig(certificate)],
    ['revoked.pem', revokedPem],
    ['revoked.crl', derOf(revokedPem)],
    ['README.txt', instructions(certificate, authority.permitted)],
  ];
  for (const [name, content] of files) {
    await writeFile(join(flags.output, name), content);
    console.log(join(flags.output, name));
  }
}

export async function list(flags: CommonFlags): Promise<void> {
  const folder = new AuthorityFolder((await authorityOf(flags)).folder);
  const revoked = await revokedSerials(folder);
  const issued = await folder.issued(Date.now());
  for (const { serial, name, untilMs } of issued) {
    const state = revoked.has(serial) ? 'revoked' : 'valid';
    console.log(`${serial}  ${state.padEnd(7)}  ${new Date(untilMs).toISOString()}  ${name}`);
  }
  if (issued.length === 0) console.log('no certificate that has not expired');
}

export async function revoke(which: readonly string[], flags: CommonFlags): Promise<void> {
  const { folder, authority } = await openAuthority(await authorityOf(flags));
  const nowMs = Date.now();
  const issued = await folder.issued(nowMs);
  const entries = [...(await readRevoked(await folder.readRevoked()))];
  const known = new Set(entries.map(({ serial }) => serial));
  for (const text of which) {
    const found = issued.filter(({ serial, name }) => [serial, name].includes(text.toLowerCase()));
    if (found.length === 0) {
      throw new CliError([`postern ca revoke: there is no valid certificate ${text}`]);
    }
    for (const { serial, name } of found) {
      if (known.has(serial)) continue;
      known.add(serial);
      entries.push({ serial, atMs: nowMs });
      console.log(`${serial}  revoked  ${name}`);
    }
  }
  await folder.replaceRevoked(await authority.signRevoked(entries, nowMs));
}

async function authorityOf({ config }: CommonFlags): Promise<AuthorityConfig> {
  return (await loadConfig(await findConfigFile(config))).config.authority;
}

async function openAuthority({ folder: path, passphrase }: AuthorityConfig) {
  const folder = new AuthorityFolder(path);
  const pem = await folder.read();
  return { folder, certPem: pem.certPem, authority: await Authority.open(pem, passphrase) };
}

async function revokedSerials(folder: AuthorityFolder): Promise<ReadonlySet<string>> {
  return new Set((await readRevoked(await folder.readRevoked())).map(({ serial }) => serial));
}

function permittedBy({ permit, anyName }: InitFlags): readonly string[] | undefined {
  if (anyName === true && permit === undefined) return undefined;
  if (anyName === true || permit === undefined) {
    throw new CliError(['postern ca init: expected either --permit with names, or --any-name']);
  }
  return permit.map((text) => {
    const name = toServerName(text.replace(/^\*?\./, ''));
    if (name !== undefined) return name;
    throw new CliError([`postern ca init: expected a name such as example.net, not ${text}`]);
  });
}

function checkedName(name: string): string {
  if (/^\P{Cc}{1,64}$/u.test(name)) return name;
  throw new CliError(['postern ca init: expected --name with 1 to 64 characters']);
}

function checkedYears(text: string): number {
  const years = Number(text);
  if (Number.isInteger(years) && years >= 1 && years <= 30) return years;
  throw new CliError(['postern ca init: expected --years from 1 to 30']);
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replaceAll(/-----[A-Z0-9 ]+-----|\s/g, ''), 'base64');
}
